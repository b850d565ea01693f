--- Messages of protocol buffers (protobuf.dev/programming-guides/encoding): a message is the concatenation of its
-- fields, each of which one of these functions makes.

local protobuf = {}

local VARINT, BYTES, FIXED32 = 0, 2, 5

local function varint(value)
   local bytes = {}
   repeat
      local low = value & 0x7f
      value = value >> 7
      bytes[#bytes + 1] = string.char(value ~= 0 and low | 0x80 or low)
   until value == 0
   return table.concat(bytes)
end

local function tag(number, wire) return varint(number << 3 | wire) end

--- A field of type int64, int32 or enum.
function protobuf.integer(number, value) return tag(number, VARINT) .. varint(value) end

--- A field of type float.
function protobuf.float(number, value) return tag(number, FIXED32) .. string.pack("<f", value) end

--- A field of type string, bytes or message.
function protobuf.bytes(number, value) return tag(number, BYTES) .. varint(#value) .. value end

return protobuf
