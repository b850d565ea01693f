--- totality evaluate: scores of a table of verdicts, of this program or of any other.

local command = require "totality.cli.command"
local csv = require "totality.csv"
local labels = require "totality.cli.labels"
local metrics = require "totality.metrics"

local USAGE = [[
usage: totality evaluate --verdicts TABLE.csv --labels TABLE.csv [OPTIONS]

Compares verdicts with labels: two CSV tables with a header, whose rows go together by the column id, or by file where
one has no id. Labels are total or partial (also 1 or 0, yes or no, true or false); rows with another label or none
are left out, and so are verdicts without a probability. The verdicts may be those of any program.

  --verdicts TABLE            what is judged, as totality classify writes it
  --labels TABLE              what is true
  --label-column NAME         in the labels (default: label)
  --probability-column NAME   probability of a total eclipse, in the verdicts (default: p_total)
  --class-column NAME         a column of classes instead, total or partial; rows with others are left out
  --threshold P               a probability from here on means total (default: 0.5)
  --where COLUMN=VALUE        only rows of the labels (or, if they have no such column, of the verdicts) with this
                              value; may be repeated
  --help

Intervals are of 95 %: Wilson's for shares, else from 1000 resamples of the stars (fewer for more than 2000 stars, at
least 50). Without probabilities there are no ROC AUC and no calibration error.

Examples:
  totality evaluate --verdicts verdicts.csv --labels simulated/catalogue.csv
  totality evaluate --verdicts theirs.csv --probability-column score --labels stars.csv --where label_confidence=high

Exit status: 0 scores were written, 1 no star has both a label and a verdict, 2 the arguments or the tables can't be
used.
]]

local OPTIONS = {
   verdicts = { value = "TABLE" }, labels = { value = "TABLE" }, ["label-column"] = { value = "NAME" },
   ["probability-column"] = { value = "NAME" }, ["class-column"] = { value = "NAME" },
   threshold = { value = "P", number = true, minimum = 0, maximum = 1 },
   where = { value = "COLUMN=VALUE", many = true },
}

-- Resampled stars in all, so that large tables don't take minutes.
local RESAMPLED = 2000000

-- The conditions as a function of a row of the labels and its row of the verdicts.
local function filter_of(conditions, values, names, verdict_names)
   local tests = {}
   local function has(list, wanted)
      for _, name in ipairs(list) do
         if name == wanted then return true end
      end
      return false
   end
   for _, condition in ipairs(conditions or {}) do
      local column, value = condition:match("^%s*([^=]-)%s*=%s*(.-)%s*$")
      if not column then return nil, ("option '--where' must be COLUMN=VALUE, got '%s'"):format(condition) end
      column = column:lower()
      local in_labels = has(names, column)
      if not in_labels and not has(verdict_names, column) then
         return nil, ("option '--where': neither %s nor %s has a column '%s'"):format(values.labels, values.verdicts,
            column)
      end
      tests[#tests + 1] = function(row, verdict) return (in_labels and row or verdict)[column] == value end
   end
   return function(row, verdict)
      for _, test in ipairs(tests) do
         if not test(row, verdict) then return false end
      end
      return true
   end
end

-- Goes through the labels; returns lists of true labels, and of probabilities or classes, and the numbers of those
-- that were left out.
local function compare(values, rows, by_key, key, keep)
   local label_column, column = values["label-column"], values.column
   local y_true, y_other, left_out = {}, {}, { unlabelled = 0, missing = 0, unjudged = 0 }
   for number, row in ipairs(rows) do
      local verdict = by_key[row[key]]
      if keep(row, verdict or {}) then
         local label = labels.class_of(row[label_column])
         local other = verdict and (values.classes and labels.class_of(verdict[column]) or tonumber(verdict[column]))
         if not label then
            left_out.unlabelled = left_out.unlabelled + 1
         elseif not verdict then
            left_out.missing = left_out.missing + 1
         elseif not other or other ~= other then
            left_out.unjudged = left_out.unjudged + 1
         elseif other < 0 or other > 1 then
            return nil, ("%s: the %s '%s' of '%s' is no probability (row %d of %s)"):format(values.verdicts, column,
               verdict[column], row[key], number, values.labels)
         else
            y_true[#y_true + 1], y_other[#y_other + 1] = label, other
         end
      end
   end
   return y_true, y_other, left_out
end

local function classes_of(scores, threshold)
   local list = {}
   for k, score in ipairs(scores) do list[k] = score >= threshold and 1 or 0 end
   return list
end

local function show_scores(values, y_true, y_other)
   local y_pred = values.classes and y_other or classes_of(y_other, values.threshold)
   local matrix = metrics.confusion_matrix(y_true, y_pred)
   local positives, negatives = matrix[2][1] + matrix[2][2], matrix[1][1] + matrix[1][2]
   local found = matrix[1][2] + matrix[2][2]
   local resamples = math.max(50, math.min(1000, RESAMPLED // #y_true))
   print(("%-20s %6s   95 %% interval"):format("", "score"))
   local function show(name, value, low, high)
      if value ~= value then
         print(("%-20s %6s   one class only"):format(name, "-"))
      else
         print(("%-20s %6.4f%s"):format(name, value, low and ("   %.4f - %.4f"):format(low, high) or ""))
      end
   end
   local function resampled(name, measure, others)
      if positives == 0 or negatives == 0 then return show(name, 0 / 0) end
      show(name, measure(y_true, others), metrics.bootstrap_interval(measure, y_true, others,
         { resamples = resamples }))
   end
   local function share(name, part, whole)
      if whole == 0 then return print(("%-20s %6s   there is none"):format(name, "-")) end
      show(name, part / whole, metrics.wilson_interval(part, whole))
   end
   resampled("balanced accuracy", metrics.balanced_accuracy_score, y_pred)
   resampled("F1", metrics.f1_score, y_pred)
   share("recall of total", matrix[2][2], positives)
   share("recall of partial", matrix[1][1], negatives)
   share("precision of total", matrix[2][2], found)
   share("accuracy", matrix[1][1] + matrix[2][2], #y_true)
   if not values.classes then
      resampled("ROC AUC", metrics.roc_auc_score, y_other)
      show("calibration error", metrics.calibration_error(y_true, y_other))
   end
   print(("\n%-14s %10s %10s"):format("", "found", "found"))
   print(("%-14s %10s %10s"):format("", "partial", "total"))
   print(("%-14s %10d %10d"):format("partial", matrix[1][1], matrix[1][2]))
   print(("%-14s %10d %10d"):format("total", matrix[2][1], matrix[2][2]))
end

-- Which column of the verdicts is compared; checked against the table when it is read.
local function choose_column(values)
   for _, name in ipairs { "verdicts", "labels" } do
      if not values[name] then return nil, ("option '--%s' is missing; see totality evaluate --help"):format(name) end
   end
   if values["class-column"] and (values["probability-column"] or values.threshold) then
      return nil, "--class-column doesn't go with --probability-column and --threshold"
   end
   values.classes = values["class-column"] ~= nil
   values.column = (values["class-column"] or values["probability-column"] or "p_total"):lower()
   values["label-column"] = (values["label-column"] or "label"):lower()
   values.threshold = values.threshold or 0.5
   return true
end

local function run(values)
   local chosen, message = choose_column(values)
   if not chosen then return nil, message end
   local rows, names = csv.read(values.labels, { values["label-column"] })
   if not rows then return nil, names end
   local verdicts, verdict_names = csv.read(values.verdicts, { values.column })
   if not verdicts then return nil, verdict_names end
   local key, by_key, known, keep, y_true, y_other, left_out
   key, message = labels.key_of(values.verdicts, verdict_names, names)
   if not key then return nil, message end
   by_key, message = labels.by_key(values.verdicts, verdicts, key)
   if not by_key then return nil, message end
   known, message = labels.by_key(values.labels, rows, key)
   if not known then return nil, message end
   keep, message = filter_of(values.where, values, names, verdict_names)
   if not keep then return nil, message end
   y_true, y_other, left_out = compare(values, rows, by_key, key, keep)
   if not y_true then return nil, y_other end
   local total = 0
   for _, label in ipairs(y_true) do total = total + label end
   print(("%s against %s: %d stars, %d total and %d partial"):format(values.verdicts, values.labels, #y_true, total,
      #y_true - total))
   print(("left out: %d without a label, %d without a row in the verdicts, %d without a verdict"):format(
      left_out.unlabelled, left_out.missing, left_out.unjudged))
   if #y_true == 0 then return 1 end
   print(values.classes and ("classes: column %s\n"):format(values.column)
      or ("total from %s = %g\n"):format(values.column, values.threshold))
   show_scores(values, y_true, y_other)
   return 0
end

return command.new { name = "evaluate", usage = USAGE, options = OPTIONS, run = run }
