local core = require "totality.core"
local metrics = require("totality").metrics

-- Numbers from scikit-learn, or by hand where said.
describe("metrics", function()
   local y_true = { 0, 1, 1, 0, 1, 0, 0, 1, 1, 0 }
   local y_pred = { 0, 1, 0, 0, 1, 1, 0, 1, 1, 1 }

   local function near(expected, value) assert.is_near(expected, value, 1e-12) end

   it("follow scikit-learn", function()
      near(0.7, metrics.accuracy_score(y_true, y_pred))
      near(0.7, metrics.balanced_accuracy_score(y_true, y_pred)) -- (3/5 + 4/5) / 2
      near(4 / 6, metrics.precision_score(y_true, y_pred))
      near(4 / 5, metrics.recall_score(y_true, y_pred))
      near(8 / 11, metrics.f1_score(y_true, y_pred))
      assert.same({ { 3, 2 }, { 1, 4 } }, metrics.confusion_matrix(y_true, y_pred))
   end)

   it("take lists, Series and Tensors", function()
      local tensor = core.tensor(10)
      for k = 1, 10 do tensor[k] = y_pred[k] end
      near(8 / 11, metrics.f1_score(core.series(y_true), tensor))
   end)

   it("balance unequal classes", function()
      near(0.5, metrics.balanced_accuracy_score({ 0, 0, 0, 1 }, { 0, 0, 0, 0 }))
      near(0.75, metrics.accuracy_score({ 0, 0, 0, 1 }, { 0, 0, 0, 0 }))
   end)

   it("survive a single class", function()
      near(1, metrics.balanced_accuracy_score({ 1, 1 }, { 1, 1 }))
      near(0.5, metrics.balanced_accuracy_score({ 1, 1 }, { 1, 0 }))
      near(0, metrics.precision_score({ 0, 1 }, { 0, 0 }))
      near(0, metrics.recall_score({ 0, 0 }, { 0, 1 }))
      near(0, metrics.f1_score({ 0, 0 }, { 0, 0 }))
      local auc = metrics.roc_auc_score({ 1, 1 }, { 0.2, 0.3 })
      assert.is_true(auc ~= auc)
      assert.same({ { 2, 0 }, { 0, 0 } }, metrics.confusion_matrix({ 0, 0 }, { 0, 0 }))
   end)

   it("finds the recall that a precision leaves", function()
      local labels, scores = { 1, 1, 0, 1, 0, 0 }, { 0.9, 0.8, 0.7, 0.6, 0.5, 0.4 }
      near(2 / 3, metrics.recall_at_precision(labels, scores, 1))
      near(1, metrics.recall_at_precision(labels, scores, 0.75))
      near(2 / 3, metrics.recall_at_precision(labels, scores, 0.76))
      near(0, metrics.recall_at_precision({ 0, 1 }, { 2, 1 }, 0.6))
      near(1, metrics.recall_at_precision({ 0, 1 }, { 1, 1 }, 0.5)) -- ties stand or fall together
      near(0, metrics.recall_at_precision({ 0, 1 }, { 1, 1 }, 0.6))
      local none = metrics.recall_at_precision({ 0, 0 }, { 1, 2 }, 0.5)
      assert.is_true(none ~= none)
      assert.error_matches(function() metrics.recall_at_precision(labels, scores, 2) end,
         "recall_at_precision: precision must be a number ", 1, true)
   end)

   it("rank scores, ties counting half", function()
      near(0.75, metrics.roc_auc_score({ 0, 0, 1, 1 }, { 0.1, 0.4, 0.35, 0.8 })) -- scikit-learn's example
      near(0.5, metrics.roc_auc_score({ 0, 1, 0, 1 }, { 0.5, 0.5, 0.5, 0.5 }))
      near(0.875, metrics.roc_auc_score({ 0, 0, 1, 1 }, { 1, 2, 2, 3 })) -- (1 + 1 + 1 + 1/2) / 4
      near(0, metrics.roc_auc_score({ 1, 0 }, { -1, 1 }))
   end)

   it("draw the ROC curve", function()
      local fpr, tpr, thresholds = metrics.roc_curve({ 0, 0, 1, 1 }, { 0.1, 0.4, 0.35, 0.8 })
      assert.same({ 0, 0, 0.5, 0.5, 1 }, fpr)
      assert.same({ 0, 0.5, 0.5, 1, 1 }, tpr)
      assert.same({ math.huge, 0.8, 0.4, 0.35, 0.1 }, thresholds)
      -- 0.7 lies on the way from 0.8 to 0.6
      local _, short = metrics.roc_curve({ 1, 1, 1, 0 }, { 0.8, 0.7, 0.6, 0.1 })
      assert.same({ 0, 1, 1 }, short)
      local _, long = metrics.roc_curve({ 1, 1, 1, 0 }, { 0.8, 0.7, 0.6, 0.1 }, { drop_intermediate = false })
      assert.equal(5, #long)
   end)

   it("measure the log loss", function()
      near(-(math.log(0.9) + math.log(0.8)) / 2, metrics.log_loss({ 1, 0 }, { 0.9, 0.2 }))
      assert.is_near(36.04365338911715, metrics.log_loss({ 1 }, { 0 }), 1e-9) -- -log(2.2e-16)
   end)

   it("print the confusion matrix", function()
      assert.equal(table.concat({
         "           predicted  predicted",
         "                   0          1",
         "true 0             3          2",
         "true 1             1          4",
      }, "\n"), tostring(metrics.confusion_matrix(y_true, y_pred)))
   end)

   it("say what is wrong", function()
      local function fails(message, f, ...)
         local arguments = { ... }
         assert.error_matches(function() f(table.unpack(arguments)) end, message, 1, true)
      end
      fails("accuracy_score: y_true has 1 values, y_pred 2", metrics.accuracy_score, { 1 }, { 1, 0 })
      fails("f1_score: y_true is empty", metrics.f1_score, {}, {})
      fails("f1_score: y_pred[2] is 0.7, a label 0 or 1 was expected", metrics.f1_score, { 1, 0 }, { 1, 0.7 })
      fails("roc_auc_score: y_score[1] is nan", metrics.roc_auc_score, { 1 }, { math.abs(0 / 0) })
      fails("log_loss: y_prob[1] is 1.5, a probability was expected", metrics.log_loss, { 1 }, { 1.5 })
      fails("recall_score: y_true must be a list, Series or Tensor, got nil", metrics.recall_score, nil, { 1 })
   end)

   it("point at the caller", function()
      local _, message = pcall(function() metrics.f1_score({ 2 }, { 1 }) end)
      assert.matches("metrics_spec.lua", message)
      _, message = pcall(function() metrics.log_loss({ 2 }, { 1 }) end)
      assert.matches("metrics_spec.lua", message)
      _, message = pcall(function() metrics.roc_curve({ 1 }, { 1, 2 }) end)
      assert.matches("metrics_spec.lua", message)
   end)

   it("give Newcombe's examples of Wilson's interval", function()
      -- Newcombe 1998, Stat. Med. 17, 857, table I, method 3
      for _, case in ipairs { { 81, 263, 0.2553, 0.3662 }, { 15, 148, 0.0624, 0.1605 }, { 0, 20, 0, 0.1611 },
         { 1, 29, 0.0061, 0.1718 } } do
         local low, high = metrics.wilson_interval(case[1], case[2])
         assert.is_near(case[3], low, 5e-5)
         assert.is_near(case[4], high, 5e-5)
      end
      assert.error_matches(function() metrics.wilson_interval(3, 2) end, "wilson_interval: successes must be a number")
   end)

   it("give intervals from resamples that hold the score", function()
      local labels, scores, rng = {}, {}, core.rng(3, 0)
      for k = 1, 400 do
         labels[k] = k % 4 == 0 and 1 or 0
         scores[k] = rng:normal(labels[k], 1)
      end
      local auc = metrics.roc_auc_score(labels, scores)
      local low, high = metrics.bootstrap_interval(metrics.roc_auc_score, labels, scores, { resamples = 400 })
      -- 100 positives, 300 negatives, AUC 0.76: standard error 0.029 (Hanley & McNeil 1982, Radiology 143, 29)
      assert.is_true(low < auc and auc < high)
      assert.is_near(2 * 1.96 * 0.029, high - low, 0.03)
      assert.same({ low, high }, { metrics.bootstrap_interval(metrics.roc_auc_score, labels, scores, { resamples = 400 }) })
   end)

   it("measure calibration", function()
      -- two bins in use, by hand: |2 * 0.3 - 1| and |1.7 - 2|, divided by 4
      near((0.4 + 0.3) / 4, metrics.calibration_error({ 0, 1, 1, 1 }, { 0.3, 0.3, 0.8, 0.9 }, { bins = 2 }))
      near(0, metrics.calibration_error({ 0, 1 }, { 0, 1 }))
      assert.error_matches(function() metrics.calibration_error({ 0, 1 }, { 0, 1.5 }) end,
         "calibration_error: y_prob%[2%] is 1.5, a probability was expected")
   end)
end)
