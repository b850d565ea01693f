local totality = require "totality"

local directory

local function content(path)
   local file <close> = assert(io.open(path, "rb"))
   return file:read "a"
end

local function write(name, text)
   local path = directory .. "/" .. name
   local file <close> = assert(io.open(path, "wb"))
   file:write(text)
   return path
end

before_each(function()
   directory = os.tmpname()
   os.remove(directory)
end)

after_each(function() os.execute("rm -rf " .. directory) end)

describe("totality.labelled_images", function()
   it("writes one folder a label", function()
      local data = totality.synthetic { size = 70, seed = 5, width = 20, height = 10 }
      local _, labels = data:batch(1, 70)
      assert.equal(67, assert(totality.labelled_images.write(data, directory, { first = 4 })))
      local list = content(directory .. "/labels.csv")
      for k = 4, 70 do
         local folder = labels[k] == 1 and "total" or "partial"
         local file = ("%s/%06d.png"):format(folder, k)
         assert.equal("\x89PNG", content(directory .. "/" .. file):sub(1, 4))
         assert.matches(("\n%s,%s\n"):format(file, folder), list, 1, true)
      end
      assert.is_nil(io.open(directory .. "/total/000003.png"))
      assert.is_nil(io.open(directory .. "/partial/000003.png"))
   end)

   it("scores the answers of others", function()
      assert(os.execute("mkdir " .. directory))
      local labels = write("labels.csv",
         "file,label\ntotal/1.png,total\ntotal/2.png,total\npartial/3.png,partial\npartial/4.png,partial\n")
      local answers = write("answers.csv", "file,p_total\n4.png,0.7\n3.png,0.1\n2.png,0.6\nelsewhere/1.png,0.9\n")
      local scores = assert(totality.labelled_images.score(labels, answers))
      assert.near(0.75, scores.accuracy.value, 1e-12)
      assert.near(1, scores.recall.value, 1e-12)
      assert.near(2 / 3, scores.precision.value, 1e-12)
      assert.near(0.5, totality.labelled_images.score(labels, answers, { threshold = 0.65 }).recall.value, 1e-12)
      local classes = write("classes.csv",
         "file,label\n1.png,total\n2.png,partial\n3.png,partial\n4.png,partial\n")
      assert.near(0.75, totality.labelled_images.score(labels, classes).balanced_accuracy.value, 1e-12)
   end)

   it("says what is wrong with the files", function()
      assert(os.execute("mkdir " .. directory))
      local labels = write("labels.csv", "file,label\n1.png,total\n2.png,partial\n")
      for text, expected in pairs {
         ["file,p_total\n1.png,0.5\n"] = "answers.csv: no answer for 2.png",
         ["file,p_total\n1.png,half\n"] = "answers.csv:2: a number p_total, or a label total or partial, was expected",
         ["file,label\n1.png,totl\n"] = "answers.csv:2: a number p_total, or a label total or partial, was expected",
      } do
         local none, message = totality.labelled_images.score(labels, write("answers.csv", text))
         assert.is_nil(none)
         assert.matches(expected, message, 1, true)
      end
      local none, message = totality.labelled_images.score(directory .. "/none.csv", labels)
      assert.is_nil(none)
      assert.matches("none.csv: No such file", message, 1, true)
   end)
end)
