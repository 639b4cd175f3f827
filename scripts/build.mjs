/** `npm run build`: src -> dist, from scratch. */

import { build, ensureInstalled } from "./checkout.mjs";

ensureInstalled();
build();
