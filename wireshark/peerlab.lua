-- Wireshark and tshark: the wire of the 2015 report, packet by packet (docs/wire.md).
--
--   tshark -X lua_script:wireshark/peerlab.lua -r trace.pcapng
--   Wireshark: Help > About > Folders > Personal Lua Plugins shows where to copy this file to.
--
-- Fields are named peerlab.*: `peerlab.type == 2 && peerlab.kind == "data"`, `peerlab.retransmission`, `peerlab.lost`.

local report = Proto("peerlab", "peerlab, the wire of the 2015 report")

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
f.reason = ProtoField.string("peerlab.lost.reason", "Lost to")

local e = report.experts
e.malformed = ProtoExpert.new("peerlab.malformed", "Not a packet of the report's wire", expert.group.MALFORMED, expert.severity.ERROR)
e.lost = ProtoExpert.new("peerlab.expert.lost", "Lost on its way", expert.group.SEQUENCE, expert.severity.WARN)
e.again = ProtoExpert.new("peerlab.expert.retransmission", "Sent again: no ACK had come", expert.group.SEQUENCE, expert.severity.NOTE)

report.prefs.ports = Pref.range("UDP ports", "7777,8888", "Ports of the directory and of bare senders and receivers", 65535)

local frame_comment = Field.new("frame.comment")
local frame_interface = Field.new("frame.interface_id")

-- What the first look at each frame found out, by frame number: Wireshark dissects a frame many times, in any order.
local findings = {}
-- The packet under way from one end to the other, as one interface sees it.
local under_way = {}

function report.init()
  findings = {}
  under_way = {}
end

-- TYPE SP payload-fragment SP SEQ SP TOTAL: the first token and the last two are the header, the rest is payload.
local function parse(text)
  local type_text, rest = text:match("^([1-9]%d*) (.*)$")
  if type_text == nil or TYPES[tonumber(type_text)] == nil then return nil end
  local fragment, seq, total = rest:match("^(.*) ([1-9]%d*) ([1-9]%d*)$")
  if fragment == nil then return nil end
  seq, total = tonumber(seq), tonumber(total)
  if seq > total + 1 then return nil end
  return { type = tonumber(type_text), fragment = fragment, seq = seq, total = total }
end

-- A fragment as a person reads it: names as they are, anything else by its size.
local function shown(fragment)
  if fragment:match("^[ -~\n]*$") then return fragment end
  return string.format("(%d bytes)", #fragment)
end

-- Data or ACK, first time or again. An ACK carries the next sequence number of what goes the other way.
local function find_out(packet, pinfo, text)
  local interface = frame_interface()
  local place = (interface and tostring(interface.value) or "0") .. " " .. packet.type .. " "
  local from = tostring(pinfo.src) .. ":" .. pinfo.src_port
  local to = tostring(pinfo.dst) .. ":" .. pinfo.dst_port
  local back = under_way[place .. to .. " " .. from]
  local is_ack = packet.seq == packet.total + 1
    or (back ~= nil and back.seq + 1 == packet.seq and back.total == packet.total)
  if is_ack then
    if back ~= nil and back.seq + 1 == packet.seq then back.acknowledged = true end
    return { kind = "ack" }
  end
  local forth = under_way[place .. from .. " " .. to]
  local again = forth ~= nil and not forth.acknowledged and forth.text == text
  under_way[place .. from .. " " .. to] = { seq = packet.seq, total = packet.total, text = text, acknowledged = false }
  return { kind = "data", again = again, first = again and (forth.first or forth.frame) or nil }
end

function report.dissector(buffer, pinfo, tree)
  local text = buffer:raw()
  local packet = parse(text)
  if packet == nil then
    local subtree = tree:add(report, buffer())
    subtree:add_proto_expert_info(e.malformed)
    pinfo.cols.protocol = "PEERLAB"
    pinfo.cols.info = "not a packet of the report's wire"
    return buffer:len()
  end
  if findings[pinfo.number] == nil then findings[pinfo.number] = find_out(packet, pinfo, text) end
  local finding = findings[pinfo.number]

  local total_at = #text - #tostring(packet.total)
  local seq_at = total_at - 1 - #tostring(packet.seq)
  local type_length = #tostring(packet.type)
  local subtree = tree:add(report, buffer())
  subtree:add(f.type, buffer(0, type_length), packet.type)
  subtree:add(f.kind, finding.kind):set_generated()
  subtree:add(f.payload, buffer(type_length + 1, #packet.fragment), shown(packet.fragment))
  subtree:add(f.seq, buffer(seq_at, #tostring(packet.seq)), packet.seq)
  subtree:add(f.total, buffer(total_at, #tostring(packet.total)), packet.total)

  local name = TYPES[packet.type]
  local info
  if finding.kind == "ack" then
    info = string.format("%s-ACK, next %d of %d", name, packet.seq, packet.total)
  else
    info = string.format("%s %d/%d  %s", name, packet.seq, packet.total, shown(packet.fragment))
  end
  if finding.again then
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
