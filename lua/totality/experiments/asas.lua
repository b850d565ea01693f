--- Total eclipses in curves of ASAS-3.

local application = require "totality.experiment.application"
local talk = require "totality.experiment.talk"

return application.define {
   title = "Total eclipses in curves of ASAS-3",
   survey = "asas3", curves = talk.asas.curves, total = talk.asas.total, sets = 16,
   observation = { noise = 0.05, points = 100 }, precision = 0.8,
   refined_posterior = { refine = "verdict" },
   shows = [[
Simulated curves of ASAS-3 (`totality.surveys.asas3`: gaps, outliers, zero points, blends, imprecise periods), as
many and with as many total eclipses as were once judged by networks of this kind. They go through the processing of
real ones.]],
   beside = ("The talk reports %d misclassifications among %d real curves, %d of them total: accuracy %.1f %%, with "
      .. "a recall of about %.0f %%. The two numbers exclude each other: so few errors leave a recall of at least "
      .. "%.0f %%. Calling every curve partial has an accuracy of %.0f %%. Real curves, labelled by people, and "
      .. "these simulated ones are different tests."):format(talk.asas.errors, talk.asas.curves, talk.asas.total,
      100 * (1 - talk.asas.errors / talk.asas.curves), 100 * talk.asas.recall,
      100 * (1 - talk.asas.errors / talk.asas.total), 100 * (1 - talk.asas.total / talk.asas.curves)),
}
