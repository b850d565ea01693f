--- Time to read a light curve, and to make the network's image of it. The files are written here, to a temporary
-- folder, in the formats of the surveys; each time is the least of many, on one processor.

local totality = require "totality"

local PERIOD = 0.36
local rng = totality.rng(1)

-- The brightness of a made-up contact binary, in magnitudes about 0.
local function magnitude(time) return 0.35 * math.cos(4 * math.pi * time / PERIOD) + rng:normal(0, 0.02) end

local folder = os.tmpname()
os.remove(folder)
assert(os.execute("mkdir " .. folder))

local function write(name, bytes)
   local path = folder .. "/" .. name
   local file = assert(io.open(path, "wb"))
   file:write(bytes)
   file:close()
   return path
end

-- `count` rows, each made from a time by `row`, under a header.
local function rows(header, count, first, step, row)
   local lines = { header }
   for k = 1, count do
      local time = first + k * step + rng:uniform(0, 0.3)
      lines[#lines + 1] = row(time, 12 + magnitude(time))
   end
   return table.concat(lines)
end

local function kepler(count)
   local cards = {}
   local function card(name, value)
      cards[#cards + 1] = ("%-80s"):format(("%-8s= %s"):format(name, type(value) == "string" and "'" .. value .. "'"
         or ("%20s"):format(value)))
   end
   local function finish()
      cards[#cards + 1] = ("%-80s"):format "END"
      local text = table.concat(cards)
      cards = {}
      return text .. (" "):rep(-#text % 2880)
   end
   cards[1] = ("%-80s"):format "SIMPLE  =                    T"
   card("BITPIX", 8)
   card("NAXIS", 0)
   local primary, data = finish(), {}
   for _, pair in ipairs {
      { "XTENSION", "BINTABLE" }, { "BITPIX", 8 }, { "NAXIS", 2 }, { "NAXIS1", 20 }, { "NAXIS2", count },
      { "PCOUNT", 0 }, { "GCOUNT", 1 }, { "TFIELDS", 4 }, { "TTYPE1", "TIME" }, { "TFORM1", "D" },
      { "TTYPE2", "PDCSAP_FLUX" }, { "TFORM2", "E" }, { "TTYPE3", "PDCSAP_FLUX_ERR" }, { "TFORM3", "E" },
      { "TTYPE4", "SAP_QUALITY" }, { "TFORM4", "J" }, { "BJDREFI", 2454833 }, { "BJDREFF", 0.0 },
   } do
      card(pair[1], pair[2])
   end
   for k = 1, count do
      local time = 120.5 + k * 0.0204
      data[k] = (">dffi4"):pack(time, 10 ^ (-0.4 * magnitude(time)), 0.001, 0)
   end
   data = table.concat(data)
   return primary .. finish() .. data .. ("\0"):rep(-#data % 2880)
end

local ASAS = rows("# HJD V V_err\n", 500, 2451868, 4.1,
   function(time, mag) return ("%.5f %.3f 0.03\n"):format(time, mag) end)

local ARCHIVE = rows("#ndata= 500\n#dataset= 1 ; 1 F1648\n"
   .. "#     HJD      MAG_1  MAG_0  MAG_2  MAG_3  MAG_4    MER_1 MER_0 MER_2 MER_3 MER_4 GRADE FRAME\n", 500, 1868,
   4.1, function(time, mag)
      return ("   %.5f %.3f 11.721 11.791 11.827 11.863    0.030 0.053 0.023 0.026 0.030  A 7530\n"):format(time, mag)
   end)

local ZTF = rows("oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi,sharp\n", 500, 2458205, 1.7,
   function(time, mag)
      return ("686103400067717,45736123,%.7f,%.7f,%.6f,0.012,0,zg,210.512345,30.254321,1.0,-0.03\n"):format(time,
         time - 2400000.5, mag)
   end)

local VOTABLE = rows("<VOTABLE><RESOURCE><TABLE><FIELD name='time'/><FIELD name='mag'/><DATA><TABLEDATA>\n", 500,
   1700, 1.7, function(time, mag) return ("<TR><TD>%.7f</TD><TD>%.6f</TD></TR>\n"):format(time, mag) end)
   .. "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"

local files = {
   { "text, 500 points", write("star.dat", ASAS) },
   { "ASAS-3 archive, 500 points", write("star.lc", ARCHIVE) },
   { "ZTF, 500 points", write("ztf.csv", ZTF) },
   { "VOTable, 500 points", write("gaia.xml", VOTABLE) },
   { "Kepler FITS, 65000 points", write("kepler.fits", kepler(65000)) },
}

assert(os.execute(("gzip -c %s/star.dat > %s/star.dat.gz"):format(folder, folder)))
table.insert(files, 2, { "text, gzip, 500 points", folder .. "/star.dat.gz" })

local function least(seconds, f)
   local best, stop = math.huge, os.clock() + seconds
   repeat
      local start = os.clock()
      f()
      best = math.min(best, os.clock() - start)
   until os.clock() > stop
   return best
end

print(("%-30s%12s%16s%18s"):format("", "read, us", "file to image", "images a second"))
for _, file in ipairs(files) do
   local name, path = file[1], file[2]
   local reading = least(1, function() assert(totality.read(path)) end)
   local whole = least(1, function()
      assert(assert(totality.read(path, { period = PERIOD })):prepare { width = 100, height = 100 })
   end)
   print(("%-30s%12.0f%16.0f%18.0f"):format(name, reading * 1e6, whole * 1e6, 1 / whole))
end

assert(os.execute("rm -r " .. folder))
