--- The formats of surveys. The files are made up; the columns are those that the comments in
-- lua/totality/readers cite.

local totality = require "totality"

local function write(path, bytes)
   local file = assert(io.open(path, "wb"))
   file:write(bytes)
   file:close()
end

local function with_files(contents, f)
   local paths = {}
   for k, content in ipairs(contents) do
      paths[k] = os.tmpname()
      write(paths[k], content)
   end
   local result = table.pack(pcall(f, table.unpack(paths)))
   for _, path in ipairs(paths) do os.remove(path) end
   if not result[1] then error(result[2], 0) end
   return table.unpack(result, 2, result.n)
end

local function read(text, given) return with_files({ text }, function(path) return totality.read(path, given) end) end

-- The message, without the names of the files.
local function refusal(text, given)
   return with_files({ text }, function(path)
      local curve, message = totality.read(path, given)
      assert.is_nil(curve)
      return (message:gsub(path, ""))
   end)
end

describe("tables of surveys", function()
   it("ASAS-SN, version 1: limits, cameras, filters", function()
      local text = "HJD,UT Date,Camera,FWHM,Limit,mag,mag_err,flux(mJy),flux_err,Filter\n"
         .. "2458000.5,2017-09-03.97,be,1.77,15.5,14.839,0.117,4.448,0.477,V\n"
         .. "2458001.5,2017-09-04.97,bf,1.77,15.5,14.839,0.117,4.448,0.477,V\n"
         .. "2458002.5,2017-09-05.97,be,1.77,15.5,>15.530,99.990,0.448,0.477,V\n"
         .. "2458003.5,2017-09-06.97,bi,1.77,15.5,13.5,0.02,4.4,0.4,g\n"
      local curve = assert(read(text))
      assert.same({ 2458000.5, 2458001.5 }, curve.time:to_table())
      assert.same({ 1, 2 }, curve.segment:to_table())
      assert.same({ "HJD", "V", 1, 1 }, { curve.time_system, curve.band, curve.skipped, curve.other_bands })
      assert.equal(2458003.5, assert(read(text, { band = "g" })).time[1])
      assert.equal("V", assert(read(text, { band = "" })).band)
      assert.equal(": there is no band 'R'; the first is 'V' (read as asas_sn)", refusal(text, { band = "R" }))
   end)

   it("ASAS-SN, version 2: magnitudes though fluxes come first, quality", function()
      local curve = assert(read("# several lines\n# of comment\n\n"
         .. "JD,Flux,Flux Error,Mag,Mag Error,Limit,FWHM,Filter,Quality,Camera\n"
         .. "2457148.1,26.0,0.13,12.92,0.0054,16.9,1.70,V,G,bc\n2457149.1,26.0,0.13,15.42,0.0054,16.9,1.70,V,G,bc\n"
         .. "2457150.1,26.0,0.13,12.92,0.0054,16.9,1.70,V,B,bc\n2457151.1,0.1,0.13,17.1,99.99,17.1,1.70,V,G,bc\n"))
      assert.near(0.1, curve.flux[2] / curve.flux[1], 1e-12)
      assert.same({ 2, 2, "JD_UTC" }, { #curve, curve.skipped, curve.time_system })
   end)

   it("CRTS: either order, coordinates, heliocentric on demand", function()
      local text = "MasterID,Mag,Magerr,RA,Dec,MJD,Blend\n1,16.4,0.05,180.5,-10.25,53500.25,0\n1,16.9,NA,180.5,-10.25,53501.25,0\n"
      local curve = assert(read(text, { epoch = 2453501.0 }))
      assert.same({ 53500.25, "MJD_UTC", 180.5, -10.25, 53500.5 },
         { curve.time[1], curve.time_system, curve.ra, curve.dec, curve.epoch })
      local corrected = assert(read(text, { heliocentric = true }))
      assert.equal("HJD", corrected.time_system)
      assert.near(2453500.75, corrected.time[1], 0.0058)
      assert.equal(12, assert(read "\"ID\",\"MJD\",\"mag\",\"magerr\",\"RA\",\"Dec\"\n7,53500.5,16,0.1,12,1\n").ra)
   end)

   it("ZTF: catflags, fields, filters", function()
      local text = "oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi,sharp\n"
         .. "686103400067717,1,2458205.5,58205.0,15.0,0.01,0,zg,210.5,30.25,1,0\n"
         .. "686103400067718,2,2458206.5,58206.0,15.1,0.01,0,zg,210.5,30.25,1,0\n"
         .. "686103400067717,3,2458207.5,58207.0,19.0,0.01,32768,zg,210.5,30.25,1,0\n"
         .. "686203400067717,4,2458208.5,58208.0,14.0,0.01,0,zr,210.5,30.25,1,0\n"
      local curve = assert(read(text))
      assert.same({ 686103400067717, 686103400067718 }, curve.segment:to_table())
      assert.same({ "HJD", "zg", 1, 1 }, { curve.time_system, curve.band, curve.skipped, curve.other_bands })
      assert.equal("zr", assert(read(text, { band = "r" })).band)
   end)

   it("OGLE and LINEAR, when they are asked for", function()
      local text = "5260.87 15.31 0.006\n5261.87 15.41 0.007\n"
      local curve = assert(read(text, { reader = "ogle" }))
      assert.same({ 2455260.87, "HJD" }, { curve.time[1], curve.time_system })
      assert.equal(2455260.87, assert(read("2455260.87 15.31 0.006\n2455261.87 15.3 0.1\n", { reader = "ogle" })).time[1])
      assert.equal("MJD_UTC", assert(read("52650.4 15.31 0.01\n52651.4 15.4 0.01\n", { reader = "linear" })).time_system)
      local plain = assert(read(text))
      assert.same({ 5260.87 }, { plain.time[1], plain.time_system })
   end)

   it("names tell the time system", function()
      local curve = assert(read("BJD-2454833,flux\n120.5,1\n121.5,0.9\n", { epoch = 121 }))
      assert.same({ 2454953.5, "BJD", 2454954 }, { curve.time[1], curve.time_system, curve.epoch })
      assert.equal("BJD_TDB", assert(read "BJD_TDB flux\n2454000 1\n2454001 0.9\n").time_system)
      assert.equal("BJD_TDB", assert(read "BTJD flux\n1400 1\n1401 0.9\n").time_system)
      -- 54953 is a Julian date less 2400000, not an MJD
      assert.equal(54953.25, assert(read("BJD flux\n54953 1\n54954 0.9\n", { epoch = 2454953.25 })).epoch)
      assert.is_nil(assert(read "time flux\n1400 1\n1401 0.9\n").time_system)
   end)

   it("a curve that was written is read back with its segments", function()
      local curve = totality.curve { time = { 1, 2, 3 }, flux = { 1, 0.9, 0.8 }, segment = { 3, 3, 8 } }
      with_files({ "" }, function(path)
         assert(curve:write(path))
         assert.same({ 3, 3, 8 }, assert(totality.read(path)).segment:to_table())
      end)
   end)
end)

describe("VOTables", function()
   local function votable(fields, rows, before)
      local parts = { "<?xml version='1.0'?>\n<VOTABLE version='1.4'><RESOURCE>", before or "", "<TABLE>" }
      for _, name in ipairs(fields) do parts[#parts + 1] = ("<FIELD name='%s' datatype='char'/>\n"):format(name) end
      parts[#parts + 1] = "<DATA><TABLEDATA>\n"
      for _, row in ipairs(rows) do
         parts[#parts + 1] = "<TR><TD>" .. table.concat(row, "</TD><TD>") .. "</TD></TR>\n"
      end
      return table.concat(parts) .. "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>\n"
   end

   it("of Gaia", function()
      local curve = assert(read(votable({ "source_id", "transit_id", "band", "time", "mag", "flux", "flux_error",
         "rejected_by_photometry", "rejected_by_variability" }, {
         { "1", "2", "G", "1705.94", "15.2", "15000.5", "10", "false", "false" },
         { "1", "3", "G", "1706.94", "15.2", "14000.5", "10", "false", "false" },
         { "1", "4", "G", "1707.94", "NaN", "NaN", "NaN", "true", "false" },
         { "1", "5", "BP", "1705.94", "15.2", "9000", "10", "false", "false" },
      })))
      assert.same({ 2, 1, 1, "G", "BJD_TCB" }, { #curve, curve.skipped, curve.other_bands, curve.band, curve.time_system })
      assert.near(2456903.44, curve.time[1], 1e-9)
      assert.equal(15000.5, curve.flux[1])
   end)

   it("of others, with a TIMESYS", function()
      local rows = { { "53000.5", "12", "0.1" }, { "53001.5", "12.5", "" } }
      local curve = assert(read(votable({ "obs_time", "Vmag", "e_Vmag" }, rows,
         "<TIMESYS ID='t' refposition='HELIOCENTER' timescale='UTC' timeorigin='MJD-origin'/>"),
         { columns = { time = "obs_time", magnitude = "Vmag" } }))
      assert.same({ 2453001, "HJD_UTC" }, { curve.time[1], curve.time_system })
      assert.equal(": there is no column 'x'", refusal(votable({ "time", "mag" }, rows), { columns = { time = "x" } })
         :gsub(":%d+:", ":"))
   end)

   it("of other kinds are refused", function()
      assert.equal(": a VOTable with data as BINARY2; ask the service for TABLEDATA",
         refusal "<VOTABLE><RESOURCE><TABLE><FIELD name='time'/><DATA><BINARY2/></DATA></TABLE></RESOURCE></VOTABLE>")
   end)
end)

describe("JSON", function()
   it("gives a curve a band", function()
      local text = '{"parameters": {"P": 0.4}, "curves": {"phase": [0, 0.25, 0.5, 0.75], "V": [0.5, 1, 0.6, 1], "B": [0.4, 1, 0.5, 1]}}'
      local curve = assert(read(text))
      assert.same({ "V", 0.5, -0.5 }, { curve.band, curve.flux[1], curve.phase[3] })
      assert.equal(0.4, assert(read(text, { band = "B" })).flux[1])
      assert.equal(": there is no band 'I'", refusal(text, { band = "I" }))
      assert.equal(": no valid JSON at byte 2", refusal "{]")
   end)
end)

-- A Kepler-like file; rows { time, flux, error, quality }.
local function fits(rows, header)
   local cards = {}
   local function card(text) cards[#cards + 1] = ("%-80s"):format(text) end
   local function value(name, x)
      card(("%-8s= %s"):format(name, type(x) == "string" and "'" .. x .. "'" or ("%20s"):format(tostring(x))))
   end
   local function finish()
      card "END"
      local text = table.concat(cards)
      cards = {}
      return text .. (" "):rep(-#text % 2880)
   end
   card "SIMPLE  =                    T"
   value("BITPIX", 8)
   value("NAXIS", 0)
   for name, x in pairs(header) do value(name, x) end
   local primary = finish()
   card "XTENSION= 'BINTABLE'"
   for _, pair in ipairs { { "BITPIX", 8 }, { "NAXIS", 2 }, { "NAXIS1", 20 }, { "NAXIS2", #rows }, { "PCOUNT", 0 },
      { "GCOUNT", 1 }, { "TFIELDS", 4 }, { "TTYPE1", "TIME" }, { "TFORM1", "D" }, { "TTYPE2", header.FLUX or "PDCSAP_FLUX" },
      { "TFORM2", "E" }, { "TTYPE3", "PDCSAP_FLUX_ERR" }, { "TFORM3", "E" }, { "TTYPE4", "QUALITY" }, { "TFORM4", "J" },
      { "TIMESYS", "TDB" }, { "BJDREFI", 2457000 }, { "BJDREFF", 0.0 } } do
      value(pair[1], pair[2])
   end
   local extension, data = finish(), {}
   for k, row in ipairs(rows) do data[k] = (">dffi4"):pack(row[1], row[2], row[3], row[4]) end
   data = table.concat(data)
   return primary .. extension .. data .. ("\0"):rep(-#data % 2880)
end

describe("FITS", function()
   local first = fits({ { 1400.5, 100, 1, 0 }, { 1401.5, 110, 1, 0 }, { 1402.5, 0 / 0, 1, 0 }, { 1403.5, 100, 1, 128 } },
      { OBJECT = "TIC 1", SECTOR = 5, RA_OBJ = 10.5, DEC_OBJ = -20.5 })
   local second = fits({ { 1430.5, 205, 2, 0 }, { 1431.5, 195, 2, 0 } }, { OBJECT = "TIC 1", SECTOR = 6 })

   it("of one sector keeps its flux", function()
      local curve = assert(read(first, { epoch = 1400 }))
      assert.same({ 2458400.5, 2458401.5 }, curve.time:to_table())
      assert.same({ 100, 110 }, curve.flux:to_table())
      assert.same({ 5, 5 }, curve.segment:to_table())
      assert.same({ 2, "BJD_TDB", 10.5, -20.5, "TIC 1", 2458400 },
         { curve.skipped, curve.time_system, curve.ra, curve.dec, curve.object, curve.epoch })
      assert.equal(3, #assert(read(first, { quality = "any" })))
   end)

   it("of several sectors is joined", function()
      with_files({ first, second, second }, function(...)
         local curve = assert(totality.read({ ... }, { period = 0.5 }))
         assert.equal(6, #curve)
         assert.same({ 5, 5, 6, 6, 7, 7 }, curve.segment:to_table())
         assert.near(100 / 105, curve.flux[1], 1e-12)
         assert.near(205 / 200, curve.flux[3], 1e-12)
         assert.near(0.01, curve.error[3], 1e-12)
         assert.same({ 0.5, "BJD_TDB", 2 }, { curve.period, curve.time_system, curve.skipped })
      end)
      local other = fits({ { 1430.5, 205, 2, 0 } }, { OBJECT = "TIC 2", SECTOR = 6 })
      with_files({ first, other, "phase flux\n0.1 1\n0.7 2\n" }, function(a, b, c)
         assert.equal(b .. ": the star is TIC 2, in " .. a .. " it is TIC 1", select(2, totality.read { a, b }))
         assert.equal(c .. ": a folded curve can't be joined with others", select(2, totality.read { a, c }))
      end)
   end)

   it("of other pipelines, and what isn't there", function()
      local rows = { { 1400.5, 100, 1, 0 }, { 1401.5, 110, 1, 0 } }
      assert.equal(2, #assert(read(fits(rows, { FLUX = "KSPSAP_FLUX" }))))
      assert.equal(2, #assert(read(fits(rows, { FLUX = "SAP_FLUX" }), { flux = "sap" })))
      assert.equal(2, #assert(read(fits(rows, { FLUX = "MINE" }), { columns = { flux = "MINE" } })))
      assert.equal(": no table has a column PDCSAP_FLUX or another known flux", refusal(fits(rows, { FLUX = "MINE" })))
      assert.equal(": no table has a column YOURS",
         refusal(fits(rows, { FLUX = "MINE" }), { columns = { flux = "YOURS" } }))
      assert.equal(": the table has 2 rows, but the file ends after 1", refusal(fits(rows, {}):sub(1, 5790)))
      assert.equal(": FITS columns go by name, 'flux' is given as 2", refusal(first, { columns = { flux = 2 } }))
   end)
end)

describe("files that are no good", function()
   it("mixed line ends, a byte-order mark, no order, duplicates", function()
      local curve = assert(read "\xef\xbb\xbfHJD,mag\r\n3,12\r1,12.5\n\n1,12.5\r\n2,13")
      assert.same({ 3, 1, 1, 2 }, curve.time:to_table())
      assert.near(10 ^ 0.2, curve.flux[1], 1e-12)
   end)

   it("ragged rows are named", function()
      assert.equal(":3: 1 column, at least 2 are needed", refusal "HJD,mag,err\n1,12,0.1\n2\n")
      assert.equal(2, #assert(read "HJD,mag,err\n1,12,0.1,more\n2,12\n"))
   end)

   it("compressed or not, whatever the name", function()
      with_files({ "1 12\n2 13\n" }, function(path)
         assert(os.execute(("gzip -c %s > %s.gz"):format(path, path)))
         local curve = assert(totality.read(path .. ".gz"))
         assert.equal(2, #curve)
         assert.is_nil(curve.name:find("gz", 1, true))
         local file = assert(io.open(path .. ".gz", "rb"))
         local bytes = file:read("a")
         file:close()
         os.remove(path .. ".gz")
         assert.equal(": the compressed file ends too early", refusal(bytes:sub(1, -5)))
      end)
   end)
end)

describe("curve:heliocentric", function()
   it("adds the light travel time to the Sun", function()
      -- 1999-10-29 0h: 474.1 s (SLALIB, from the comments of HELIO_JD in the IDL Astronomy User's Library)
      local curve = totality.curve { time = { 51480, 51481 }, flux = { 1, 1 }, time_system = "MJD_UTC", epoch = 51480 }
      local corrected = curve:heliocentric { ra = 44.1392, dec = 0.4486 }
      assert.near(474.1, (corrected.time[1] - 2451480.5) * 86400, 0.15)
      assert.same({ "HJD", 2451480.5 }, { corrected.time_system, corrected.epoch })
      assert.error_matches(function() corrected:heliocentric { ra = 1, dec = 2 } end, "JD or MJD at the Earth, they are HJD")
      local reduced = totality.curve { time = { 51480 }, flux = { 1 }, time_system = "JD" }
      assert.error_matches(function() reduced:heliocentric { ra = 1, dec = 2 } end, "are no JD of the years 1800 to 2200")
      assert.error_matches(function() curve:heliocentric() end, "the options 'ra' and 'dec' are needed")
   end)
end)
