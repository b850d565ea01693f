--- Small files of every format to start the fuzzers from: make_seeds.lua DIRECTORY writes
-- DIRECTORY/FUZZER/NUMBER. Needs gzip.

local directory = assert(arg[1], "usage: make_seeds.lua DIRECTORY")

local function write(fuzzer, number, bytes)
   local folder = directory .. "/" .. fuzzer
   assert(os.execute("mkdir -p '" .. folder .. "'"))
   local path = folder .. "/" .. number
   local file = assert(io.open(path, "wb"))
   file:write(bytes)
   file:close()
   return path
end

local tables = {
   "# HJD V V_err\n2451868.54139 13.345 0.034\n2451870.52633 11.566 0.03\n",
   "\xef\xbb\xbfHJD,Camera,mag,mag_err,Filter,Quality,ra,dec\r\n1,ba,12,0.1,V,G,1,2\r\n2,bb,>13,99.99,g,B,,\r\n",
   "1;12.5;13;0.1;V;0;1;2\n3;12.5;\"1\"\"3\";NA;V;0;1;2\n",
   "time\tdf/f\terr\n1\t-0.5e-1\tnan\n2\t0.25\t0.1\n",
}
for k, text in ipairs(tables) do write("text_table", k, text) end

write("asas_archive", 1, "#ndata= 3\n#dataset= 1 ; 1 F1648\n"
   .. "#     HJD      MAG_1  MAG_0    MER_1 MER_0 GRADE FRAME\n"
   .. "   1932.5 12.0 11.0 0.03 0.05 A 7\n   1933.5 29.999 11.0 0.03 0.05 D 7\n#dataset= 2 ; 1 F1649\n"
   .. "#     HJD      MAG_0  MAG_1    MER_0 MER_1 GRADE FRAME\n   1936.5 11.0 12.0 0.05 0.03 B 7\n")

write("json", 1, '{"p": {"q": 0.1, "s": "\\u00e9\\ud83d\\ude00"}, '
   .. '"c": {"phase": [0, 0.5, -5e-1], "V": [1, null, 2], "B": [1, 2, 3]}}')
write("json", 2, '[[{"time": [1, 2], "flux": [1, true]}]]')

write("votable", 1, "<?xml version='1.0'?><VOTABLE><RESOURCE><TIMESYS timeorigin='MJD-origin' timescale='UTC' "
   .. "refposition='BARYCENTER'/><TABLE><FIELD name='time'/><FIELD name='mag'/><FIELD name='e_mag'/>"
   .. "<FIELD name='band'/><DATA><TABLEDATA><TR><TD>1</TD><TD>12</TD><TD/><TD>G</TD></TR>"
   .. "<TR><TD>2</TD><TD>NaN</TD><TD>1</TD><TD>BP</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>")

local function card(text) return ("%-80s"):format(text) end

local function unit(cards)
   local text = {}
   for k, line in ipairs(cards) do text[k] = card(line) end
   text[#text + 1] = card "END"
   text = table.concat(text)
   return text .. (" "):rep(-#text % 2880)
end

local rows = (">dffi4"):rep(3):pack(120.5, 1, 0.1, 0, 121.5, 2, 0.1, 8, 122.5, 0 / 0, 1, 0)
write("fits", 1, unit {
   "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    0",
   "EXTEND  =                    T", "OBJECT  = 'KIC 1   '", "QUARTER =                    5",
} .. unit {
   "XTENSION= 'BINTABLE'", "BITPIX  =                    8", "NAXIS   =                    2",
   "NAXIS1  =                   20", "NAXIS2  =                    3", "PCOUNT  =                    0",
   "GCOUNT  =                    1", "TFIELDS =                    4", "TTYPE1  = 'TIME    '",
   "TFORM1  = 'D       '", "TUNIT1  = 'BJD - 2454833'", "TTYPE2  = 'SAP_FLUX'", "TFORM2  = 'E       '",
   "TTYPE3  = 'SAP_FLUX_ERR'", "TFORM3  = 'E       '", "TTYPE4  = 'QUALITY '", "TFORM4  = 'J       '",
   "TIMESYS = 'TDB     '",
} .. rows .. ("\0"):rep(-#rows % 2880))

local plain = write("gzip", 1, tables[1])
assert(os.execute(("gzip -c '%s' >'%s/gzip/2'"):format(plain, directory)))

local header = '{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
write("safetensors", 1, ("<I8"):pack(#header) .. header .. ("<ff"):pack(1, 2))
