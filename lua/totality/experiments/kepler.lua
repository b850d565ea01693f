--- Total eclipses in curves of Kepler.

local application = require "totality.experiment.application"
local talk = require "totality.experiment.talk"

return application.define {
   title = "Total eclipses in curves of Kepler",
   survey = "kepler", curves = talk.kepler.curves, total = talk.kepler.total, sets = 4,
   observation = { noise = 0, points = 100 }, precision = 0.95,
   -- The simulated noise leaves few curves of any bank.
   refined_posterior = { refine = "verdict", noise_known = true },
   shows = [[
Simulated long-cadence curves of Kepler (`totality.surveys.kepler`), as many and with as many total eclipses as were
once judged by networks of this kind. They go through the processing of real ones: period refinement, outliers,
offsets, image. The exposures of half an hour round the flat bottoms of short periods: the posterior averages its
curves likewise, is refined as long as there is doubt and knows the noise. It integrates over what spots do that move
and vanish meanwhile.]],
   beside = ("The talk reports %d misclassifications among %d real curves, %d of them total: accuracy %.1f %%, whose "
      .. "recall is not said but follows to be at least %.0f %%. Calling every curve partial has an accuracy of "
      .. "%.0f %%. Real curves, labelled by people, and these simulated ones are different tests."):format(
      talk.kepler.errors, talk.kepler.curves, talk.kepler.total, 100 * (1 - talk.kepler.errors / talk.kepler.curves),
      100 * (1 - talk.kepler.errors / talk.kepler.total), 100 * (1 - talk.kepler.total / talk.kepler.curves)),
}
