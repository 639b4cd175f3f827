/** The types of bundle-page.mjs, for the tests that bundle the page as it is now. */

/** The texts of the report's script and style. */
export declare function bundledPage(): { readonly script: string; readonly style: string };
