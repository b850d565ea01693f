-- No survey: curves as classifiers are often compared on, regular in phase with Gaussian noise of 0, 0.02 or 0.05 of
-- the maximum flux and nothing else. The three levels stand for space telescopes, 1-m telescopes and small wide-field
-- cameras.

return {
   name = "talk",
   band = "V",
   unit = "constant",
   window = "cycle",
   points = 100,
   baseline = 30,
   -- The "magnitude" chooses the level; the quantiles between two levels give some curves a noise in between.
   magnitude = { 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3 },
   noise = { { 1, 1e-6 }, { 1.5, 0.01 }, { 2, 0.02 }, { 3, 0.05 } },
   sources = { "assumed" },
}
