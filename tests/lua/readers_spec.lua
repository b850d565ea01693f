local totality = require "totality"

local function with_file(text, f)
   local path = os.tmpname()
   local file = assert(io.open(path, "wb"))
   file:write(text)
   file:close()
   local result = table.pack(pcall(f, path))
   os.remove(path)
   if not result[1] then error(result[2], 0) end
   return table.unpack(result, 2, result.n)
end

local function read(text, given) return with_file(text, function(path) return totality.read(path, given) end) end

-- The message, without the name of the file in front.
local function refusal(text, given)
   return with_file(text, function(path)
      local curve, message = totality.read(path, given)
      assert.is_nil(curve)
      assert.equal(path, message:sub(1, #path))
      return message:sub(#path + 1)
   end)
end

describe("totality.read", function()
   it("reads magnitudes, flux and relative flux", function()
      local curve = assert(read "# HJD V V_err\n2450000.5 12.0 0.02\n2450001.5 12.0 0.02\n2450002.5 14.5 0.02\n")
      assert.near(0.1, curve.flux[3], 1e-12)
      assert.near(0.02 * 0.4 * math.log(10), curve.error[1], 1e-12)
      assert.equal(2450001.5, curve.time[2])
      assert.equal(0.75, assert(read("1 -0.25 0.1\n2 0.3\n3 0.1 NA\n")).flux[1])
      assert.equal(6, assert(read("1 6\n2 7\n", { quantity = "flux" })).flux[1])
      local folded = assert(read "phase;flux\n0.25;1\n0.75;0.5\n")
      assert.same({ 0.25, -0.25 }, folded.phase:to_table())
   end)

   it("carries period, epoch, name and the rows left out", function()
      with_file("time,mag\n1,12\n2,99.999\n3,12.5\n", function(path)
         local curve = assert(totality.read(path, { period = 0.4, epoch = 2 }))
         assert.same({ 0.4, 2, 1, path }, { curve.period, curve.epoch, curve.skipped, curve.file })
         assert.equal(2, #curve)
         assert.near(0.25, curve:fold { period = 0.8 }.phase[2], 1e-12)
      end)
   end)

   it("takes the columns it is told", function()
      local curve = assert(read("a,b,c\n1,5,0.9\n2,6,0.8\n", { columns = { time = "A", flux = 3, error = "b" } }))
      assert.same({ 0.9, 0.8 }, curve.flux:to_table())
      assert.same({ 5, 6 }, curve.error:to_table())
      assert.equal(":2: there is no column 'hjd'", refusal("a,b,c\n1,5,0.9\n", { columns = { time = "hjd", flux = 3 } }))
   end)

   it("names file and line of what is wrong", function()
      assert.equal(":2: 'x12' in column 2 (magnitude) is no number", refusal "hjd v\n1 x12\n")
      assert.equal(":3: 'abc' in column 1 (time) is no number", refusal "1 12\n2 13\nabc 13\n")
      assert.equal(": the file is empty", refusal "")
      assert.equal(": no rows of data", refusal "# nothing\n")
      assert.equal(":1: binary data, not text, and no other format that is known", refusal "\127ELF\0\0\0")
      assert.equal(":2: 1 column, at least 2 are needed", refusal "1 2\n3\n")
      assert.same({ nil, "/nowhere.dat: No such file or directory" }, { totality.read "/nowhere.dat" })
      assert.same({ nil, "/tmp: Is a directory" }, { totality.read "/tmp" })
   end)

   it("checks its arguments", function()
      assert.error_matches(function() totality.read(3) end, "totality.read: path must be a string, got 3")
      assert.error_matches(function() totality.read("x", { quantity = "mag" }) end, "must be one of")
      assert.error_matches(function() read("1 2\n", { columns = { flx = 2 } }) end, "unknown column 'flx'; did you mean 'flux'")
      assert.error_matches(function() read("1 2\n", { columns = { time = 0 } }) end, "column 'time' must be a name or a number")
      assert.error_matches(function() read("1 2\n", { columns = { time = 1, phase = 1 } }) end, "choose one of")
      assert.error_matches(function() totality.read("x", { reader = "zft" }) end, "must be one of .*\"ztf\"")
      assert.error_matches(function() totality.read {} end, "the list of paths is empty")
   end)
end)

describe("ASAS-3 archive files", function()
   local header = "#     HJD      MAG_%d  MAG_%d    MER_%d MER_%d GRADE FRAME\n"
   local text = "#ndata= 5\n#dataset= 1 ; 1 F1648\n" .. header:format(1, 0, 1, 0)
      .. "1932.5 12.0 11.0 0.03 0.05 A 7\n1933.5 12.0 11.0 0.03 0.05 D 7\n1934.5 29.999 11.0 0.03 0.05 A 7\n"
      .. "1935.5 14.5 11.0 0.03 0.05 B 7\n#dataset= 2 ; 1 F1649\n" .. header:format(0, 1, 0, 1)
      .. "1936.5 11.0 12.0 0.05 0.03 A 7\n"

   it("are read in one aperture, good grades only", function()
      local curve = assert(read(text))
      assert.same({ 2451932.5, 2451935.5, 2451936.5 }, curve.time:to_table())
      assert.near(1, curve.flux[3], 1e-12)
      assert.near(0.1, curve.flux[2], 1e-12)
      assert.equal(2, curve.skipped)
      assert.same({ 1, 1, 2 }, curve.segment:to_table())
      assert.equal("HJD", curve.time_system)
   end)

   it("name file and line of what is wrong", function()
      assert.equal(":4: MAG_1 is no number: 'x'", refusal((text:gsub("12%.0", "x", 1))))
      assert.equal(":2: data before a header with HJD and MAG columns", refusal "#ndata= 5\n1 2 3\n")
      assert.equal(": no measurements of grade A or B", refusal "#ndata= 0\n")
   end)
end)

describe("totality.read_catalogue", function()
   local function catalogue(text)
      return with_file(text, function(path)
         local rows, message = totality.read_catalogue(path)
         return rows, message and message:sub(#path + 1)
      end)
   end

   it("reads quoted fields, numbers and other columns", function()
      local rows = assert(catalogue("\xef\xbb\xbfid,File,period,epoch,note\r\n"
         .. "A,a.dat,0.5,,\"one, \"\"two\"\"\"\r\n# a comment\r\n\r\n,/b.dat,0.25,2450000.5,\r\n"))
      assert.equal(2, #rows)
      assert.same({ "A", 0.5, "one, \"two\"", 2 }, { rows[1].id, rows[1].period, rows[1].note, rows[1].line })
      assert.is_nil(rows[1].epoch)
      assert.equal("a.dat", rows[1].file)
      assert.is_truthy(rows[1].path:find("^/tmp/.*a%.dat$"))
      assert.same({ "/b.dat", "/b.dat", 2450000.5, 5 }, { rows[2].id, rows[2].path, rows[2].epoch, rows[2].line })
   end)

   it("names file and line of what is wrong", function()
      local function refused(text) return select(2, catalogue(text)) end
      assert.equal(":1: the header names no column 'file'", refused "id,period\nA,1\n")
      assert.equal(":2: a quotation mark is not closed", refused "file\n\"a\n")
      assert.equal(": no rows of data", refused "file\n")
      assert.equal(": the file is empty", refused "")
      assert.same({ nil, "/tmp: Is a directory" }, { totality.read_catalogue "/tmp" })
      assert.same({ nil, "/nowhere.csv: No such file or directory" }, { totality.read_catalogue "/nowhere.csv" })
   end)

   it("tells what is wrong with a row and keeps the others", function()
      local rows = assert(catalogue("file,id,period\na,A,1\nb,B,x\nc,C,-1.0\nd,D,1,2\n,E,1\n"))
      local problems = {}
      for k, row in ipairs(rows) do problems[k] = row.problem and row.problem:match(":%d: .*$") or "" end
      assert.same({ "", ":3: the period 'x' is no number", ":4: the period must be above 0, got -1.0",
         ":5: 4 columns, the header has 3", ":6: no file is named" }, problems)
   end)
end)
