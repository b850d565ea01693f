--- Texts and bytes within HTML and SVG.

local markup = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

--- The text so that it is nothing but text, also between quotation marks (").
---@param text string
---@return string
function markup.escape(text) return (text:gsub('[&<>"]', ENTITIES)) end

local DIGITS = {}
for digit in ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):gmatch "." do
   DIGITS[#DIGITS + 1] = digit
end

-- Up to three bytes as four digits of six bits.
local function encode_three(bytes)
   local a, b, c = bytes:byte(1, 3)
   local bits = a << 16 | (b or 0) << 8 | (c or 0)
   return DIGITS[(bits >> 18) + 1] .. DIGITS[(bits >> 12 & 63) + 1] .. (b and DIGITS[(bits >> 6 & 63) + 1] or "=")
      .. (c and DIGITS[(bits & 63) + 1] or "=")
end

--- Base64 (RFC 4648).
---@param bytes string
---@return string
function markup.base64(bytes) return (bytes:gsub("..?.?", encode_three)) end

--- A URI that holds its own content.
---@param kind string media type, as image/png
---@param bytes string
---@return string
function markup.data_uri(kind, bytes) return ("data:%s;base64,%s"):format(kind, markup.base64(bytes)) end

return markup
