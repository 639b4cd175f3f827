-- Wireshark and tshark: both of peerlab's wires, packet by packet (docs/wire.md): that of the 2015 report and the hardened one.
--
--   tshark -X lua_script:wireshark/peerlab.lua -r trace.pcapng
--   Wireshark: Help > About > Folders > Personal Lua Plugins shows where to copy this file to.
--
-- Fields are named peerlab.*: `peerlab.type == 2 && peerlab.kind == "data"`, `peerlab.retransmission`, `peerlab.lost`,
-- `peerlab.seen == "sent"`.

local report = Proto("peerlab", "peerlab")

local TYPES = {
  [1] = "UPDATE", [2] = "LOOKUP", [3] = "EXIT", [4] = "VIEW",
  [5] = "RESULT", [6] = "LISTING", [7] = "ERROR", [8] = "DATA",
}

local f = report.fields
f.type = ProtoField.uint8("peerlab.type", "Type", base.DEC, TYPES)
f.kind = ProtoField.string("peerlab.kind", "Kind")
f.payload = ProtoField.string("peerlab.payload", "Payload fragment")
f.seq = ProtoField.uint32("peerlab.seq", "Sequence number")
f.total = ProtoField.uint32("peerlab.total", "Total number of packets")
f.retransmission = ProtoField.bool("peerlab.retransmission", "Retransmission")
f.lost = ProtoField.bool("peerlab.lost", "Lost")
f.seen = ProtoField.string("peerlab.seen", "Seen as it was")
-- The hardened wire's own.
f.version = ProtoField.uint8("peerlab.version", "Version")
f.message_id = ProtoField.uint64("peerlab.message_id", "Message ID", base.HEX)
f.reply_to = ProtoField.uint64("peerlab.reply_to", "Reply to", base.HEX)
f.with_cookie = ProtoField.bool("peerlab.with_cookie", "Sent again with the cookie")
f.cookie = ProtoField.bytes("peerlab.cookie", "Cookie")
f.interval = ProtoField.uint32("peerlab.update_interval", "Update interval (ms)")
f.code = ProtoField.uint16("peerlab.error.code", "Error code")
f.text = ProtoField.string("peerlab.error.text", "Error text")
f.number = ProtoField.uint64("peerlab.seal.number", "Packet number")
f.tag = ProtoField.bytes("peerlab.seal.tag", "Seal (HMAC-SHA256, truncated)")
f.reason = ProtoField.string("peerlab.lost.reason", "Lost to")

local e = report.experts
e.malformed = ProtoExpert.new("peerlab.malformed", "Not a packet of either wire", expert.group.MALFORMED, expert.severity.ERROR)
e.lost = ProtoExpert.new("peerlab.expert.lost", "Lost on its way", expert.group.SEQUENCE, expert.severity.WARN)
e.again = ProtoExpert.new("peerlab.expert.retransmission", "Sent again: no ACK had come", expert.group.SEQUENCE, expert.severity.NOTE)

e.with_cookie = ProtoExpert.new("peerlab.expert.with_cookie", "Sent again with the cookie that was asked for", expert.group.SEQUENCE, expert.severity.CHAT)

report.prefs.ports = Pref.range("UDP ports", "7777,8888", "Ports of the directory and of bare senders and receivers", 65535)

local frame_comment = Field.new("frame.comment")
local frame_interface = Field.new("frame.interface_id")
local frame_direction = Field.new("frame.packet_flags_direction")
local cooked_type = Field.new("sll.pkttype")

-- What the first look at each frame found out, by frame number: Wireshark dissects a frame many times, in any order.
local findings = {}
-- The packet under way from one end to the other, as one interface sees it.
local under_way = {}
-- The packets of a flow whose ACKs are known as such, however late they come; those of older ones read as data.
local MAX_SENT = 256

function report.init()
  findings = {}
  under_way = {}
end

-- A number that nine digits spell, which is as long as the decoder reads; nil for a longer one.
local function number_of(digits)
  return #digits <= 9 and tonumber(digits) or nil
end

-- The ACK of the last packet bears TOTAL + 1, in nine digits too.
local MAX_TOTAL = 999999998

-- TYPE SP payload-fragment SP SEQ SP TOTAL: the first token and the last two are the header, the rest is payload.
local function parse(text)
  local type_text, rest = text:match("^([1-9]%d*) (.*)$")
  local type = type_text and number_of(type_text)
  if type == nil or TYPES[type] == nil then return nil end
  local fragment, seq, total = rest:match("^(.*) ([1-9]%d*) ([1-9]%d*)$")
  if fragment == nil then return nil end
  seq, total = number_of(seq), number_of(total)
  if seq == nil or total == nil or total > MAX_TOTAL or seq > total + 1 then return nil end
  return { type = type, fragment = fragment, seq = seq, total = total }
end

-- A fragment as a person reads it: names as they are, anything else by its size.
local function shown(fragment)
  if fragment:match("^[ -~\n]*$") then return fragment end
  return string.format("(%d bytes)", #fragment)
end

-- Remembers a packet by what its ACK looks like; of too many, the oldest is forgotten.
local function remember(flow, answer)
  if flow.sent[answer] then return end
  flow.sent[answer] = true
  local at = flow.count % MAX_SENT + 1
  if flow.order[at] ~= nil then flow.sent[flow.order[at]] = nil end
  flow.order[at] = answer
  flow.count = flow.count + 1
end

-- Data or ACK, first time or again. An ACK is the packet that went the other way, with the next sequence number.
local function find_out(packet, pinfo, text)
  local interface = frame_interface()
  local place = (interface and tostring(interface.value) or "0") .. " " .. packet.type .. " "
  local from = tostring(pinfo.src) .. ":" .. pinfo.src_port
  local to = tostring(pinfo.dst) .. ":" .. pinfo.dst_port
  local back = under_way[place .. to .. " " .. from]
  local looks = packet.seq .. " " .. packet.total .. " " .. packet.fragment
  if packet.seq == packet.total + 1 or (back ~= nil and back.sent[looks]) then
    if back ~= nil and back.seq + 1 == packet.seq and back.total == packet.total then back.acknowledged = true end
    return { kind = "ack" }
  end
  local forth = under_way[place .. from .. " " .. to]
  if forth == nil then
    forth = { sent = {}, order = {}, count = 0 }
    under_way[place .. from .. " " .. to] = forth
  end
  local again = forth.text == text and not forth.acknowledged
  forth.seq, forth.total, forth.text, forth.acknowledged = packet.seq, packet.total, text, false
  remember(forth, (packet.seq + 1) .. " " .. packet.total .. " " .. packet.fragment)
  return { kind = "data", again = again and "timeout" or nil }
end

-- "sent" or "arrived", where the capture tells which; each datagram of a capture of peerlab is in it twice.
local function seen_as()
  local direction = frame_direction()
  local cooked = cooked_type()
  if direction ~= nil and (direction.value == 1 or direction.value == 2) then
    return direction.value == 2 and "sent" or "arrived"
  end
  if cooked ~= nil then return cooked.value == 4 and "sent" or "arrived" end
  return nil
end

-- Way, loss and repetition, which both wires have in common: marks them, and gives the line for the Info column. `again` says
-- why the packet is sent again: "timeout" or "cookie"; nil: it is not.
local function mark(subtree, info, again)
  local seen = seen_as()
  if seen ~= nil then
    subtree:add(f.seen, seen):set_generated()
    info = seen .. "  " .. info
  end
  if again == "cookie" then
    subtree:add(f.with_cookie, true):set_generated()
    subtree:add_proto_expert_info(e.with_cookie)
    info = info .. "  [sent again with the cookie]"
  elseif again == "timeout" then
    subtree:add(f.retransmission, true):set_generated()
    subtree:add_proto_expert_info(e.again)
    info = info .. "  [retransmission]"
  end
  local comment = frame_comment()
  local reason = comment and tostring(comment.value):match("^DROPPED reason=(.*)$")
  if reason ~= nil then
    subtree:add(f.lost, true):set_generated()
    subtree:add(f.reason, reason):set_generated()
    subtree:add_proto_expert_info(e.lost)
    info = "[LOST: " .. reason .. "]  " .. info
  end
  return info
end

local function dissect_report(buffer, pinfo, subtree)
  local text = buffer:raw()
  local packet = parse(text)
  if packet == nil then return nil end
  if findings[pinfo.number] == nil then findings[pinfo.number] = find_out(packet, pinfo, text) end
  local finding = findings[pinfo.number]

  local total_at = #text - #tostring(packet.total)
  local seq_at = total_at - 1 - #tostring(packet.seq)
  local type_length = #tostring(packet.type)
  subtree:add(f.type, buffer(0, type_length), packet.type)
  subtree:add(f.kind, finding.kind):set_generated()
  -- Wireshark has no ranges of no bytes.
  if #packet.fragment > 0 then
    subtree:add(f.payload, buffer(type_length + 1, #packet.fragment), shown(packet.fragment))
  end
  subtree:add(f.seq, buffer(seq_at, #tostring(packet.seq)), packet.seq)
  subtree:add(f.total, buffer(total_at, #tostring(packet.total)), packet.total)

  local name = TYPES[packet.type]
  if finding.kind == "ack" then
    return mark(subtree, string.format("%s-ACK, next %d of %d", name, packet.seq, packet.total), nil)
  end
  local info = string.format("%s %d/%d  %s", name, packet.seq, packet.total, shown(packet.fragment))
  return mark(subtree, info, finding.again)
end

local KINDS = { [1] = "data", [2] = "ack", [3] = "challenge", [4] = "error" }
-- The shortest packet of each kind.
local SHORTEST = { 45, 21, 37, 23 }

-- The bytes of one packet of the hardened wire, without a seal. Every packet bears its message's ID.
local function dissect_hardened(buffer, pinfo, subtree)
  if buffer:len() < 21 or buffer(0, 2):uint() ~= 0xf550 then return nil end
  local kind = KINDS[buffer(3, 1):uint()]
  local name = TYPES[buffer(4, 1):uint()]
  if kind == nil or name == nil or buffer:len() < SHORTEST[buffer(3, 1):uint()] then return nil end
  subtree:add(f.version, buffer(2, 1))
  subtree:add(f.kind, buffer(3, 1), kind)
  subtree:add(f.type, buffer(4, 1))
  subtree:add(f.message_id, buffer(5, 8))
  subtree:add(f.seq, buffer(13, 4))
  subtree:add(f.total, buffer(17, 4))
  local id = tostring(buffer(5, 8):bytes()):lower()
  local seq, total = buffer(13, 4):uint(), buffer(17, 4):uint()
  local info
  local again = nil
  if kind == "data" then
    subtree:add(f.reply_to, buffer(21, 8))
    subtree:add(f.cookie, buffer(29, 16))
    if buffer:len() > 45 then subtree:add(f.payload, buffer(45), string.format("(%d bytes)", buffer:len() - 45)) end
    info = string.format("%s %d/%d  id %s, %d bytes", name, seq, total, id:sub(1, 8), buffer:len() - 45)
    if findings[pinfo.number] == nil then
      local interface = frame_interface()
      local key = string.format("%s %s %d %s", interface and tostring(interface.value) or "0", id, seq, tostring(pinfo.src))
      local cookie = tostring(buffer(29, 16):bytes())
      local before = under_way[key]
      -- The same packet with another cookie answers a challenge; nothing has run out.
      local why = before ~= nil and (before == cookie and "timeout" or "cookie") or nil
      under_way[key] = cookie
      findings[pinfo.number] = { again = why }
    end
    again = findings[pinfo.number].again
  elseif kind == "ack" then
    if buffer:len() == 25 then subtree:add(f.interval, buffer(21, 4)) end
    info = string.format("%s-ACK, next %d of %d  id %s", name, seq, total, id:sub(1, 8))
  elseif kind == "challenge" then
    subtree:add(f.cookie, buffer(21, 16))
    info = string.format("CHALLENGE to %s %d/%d  id %s", name, seq, total, id:sub(1, 8))
  else
    subtree:add(f.code, buffer(21, 2))
    if buffer:len() > 23 then subtree:add(f.text, buffer(23)) end
    info = string.format("ERROR %d to %s  id %s", buffer(21, 2):uint(), name, id:sub(1, 8))
  end
  return mark(subtree, info, again)
end

-- A group's packet: number, packet, tag.
local function dissect_sealed(buffer, pinfo, subtree)
  if buffer:len() < 11 + 21 + 16 then return nil end
  subtree:add(f.number, buffer(3, 8))
  local info = dissect_hardened(buffer(11, buffer:len() - 27):tvb(), pinfo, subtree)
  subtree:add(f.tag, buffer(buffer:len() - 16, 16))
  return info and info .. "  [sealed]"
end

function report.dissector(buffer, pinfo, tree)
  local subtree = tree:add(report, buffer())
  local first = buffer:len() >= 2 and buffer(0, 2):uint() or 0
  local dissect = first == 0xf553 and dissect_sealed or first == 0xf550 and dissect_hardened or dissect_report
  local info = dissect(buffer, pinfo, subtree)
  if info == nil then
    subtree:add_proto_expert_info(e.malformed)
    info = "not a packet of either wire"
  end
  subtree:append_text(": " .. info)
  pinfo.cols.protocol = "PEERLAB"
  pinfo.cols.info = info
  return buffer:len()
end

local registered = ""
local function register()
  if registered == report.prefs.ports then return end
  local udp = DissectorTable.get("udp.port")
  if registered ~= "" then udp:remove(registered, report) end
  registered = report.prefs.ports
  udp:add(registered, report)
end
report.prefs_changed = register
register()
