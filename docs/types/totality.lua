---@meta totality
-- Made by `make docs` from the comments in lua/totality.

local totality = {}

--- A random generator, made by `totality.rng`.
---@class totality.Rng
---@field uniform fun(self, low?: number, high?: number): number from [low, high), default [0, 1)
---@field normal fun(self, mean?: number, deviation?: number): number default mean 0, deviation 1
---@field beta fun(self, a: number, b: number): number
---@field integer fun(self, low: integer, high: integer): integer both ends included
---@field split fun(self): totality.Rng a generator unrelated to this one and to its other splits
local Rng = {}

--- A random generator with its own state. The same seed and stream give the same numbers on every
-- machine; different streams of a seed are unrelated.
---@param seed integer
---@param stream? integer default 0
---@return totality.Rng
function totality.rng(seed, stream) end

--- Prints what there is, or what is said about one thing.
---@param topic? any the name of a function, method, class or module, or the thing itself; default: everything
function totality.help(topic) end

totality.bank = {}

--- Made by `totality.bank`. `#bank` is how many curves it holds.
---@class totality.Bank
---@field flux totality.Tensor curves x phases -0.5 + k/phases, in units of the flux at phase 0.25
---@field parameters totality.Tensor curves x columns, see `totality.bank.columns`
---@field drawn integer systems drawn, those that vary too little included
---@field population totality.Population
---@field recipe table<string, string> what decides which curves these are
local Bank = {}

--- Below this share of light left of the eclipsed star its eclipse counts as total.
totality.bank.TOTAL_LIGHT = nil

--- The names of the columns of `bank.parameters`, in order: light_left (of the eclipsed star, as
--- `system:totality`), mass_ratio, fillout, inclination (degrees), t1, t2 (K), limb_darkening (linear coefficient),
--- and the spot's star, colatitude, longitude, radius (degrees; 0: no spot) and temperature_factor.
---@return string[]
function totality.bank.columns() end

--- The number of a column of `bank.parameters`.
---@param name string
---@return integer
function totality.bank.column(name) end

--- Model curves of the given systems as the rows of a bank; those that vary too little are left out.
---@param systems table[] parameters as `population:draw` gives them, at most one spot each
---@param given table `phases`, `minimum_amplitude`, `threads`
---@return totality.Tensor flux
---@return totality.Tensor parameters
---@return integer[] kept the numbers of the systems, a row each
function totality.bank.curves(systems, given) end

--- A bank of model curves.
---@param given table `size` (systems to draw; those that vary less than `minimum_amplitude`, as a part of the
--- maximum flux, default 0.1, are left out); `seed` (default 0); `population` (default
--- `totality.population.survey()`); `phases` of a curve (even, default 80: interpolating between them errs by less
--- than 2e-4 rms in 95 % of the curves, 1.5e-3 at the corners of a total eclipse); `path` of a safetensors file that
--- keeps it: what is there is read, what is missing is made and added, the states in between are saved, so that a
--- bank may be made in several goes and enlarged later; `threads` (default all processors); `verbose` (progress on
--- standard error, default false)
---@return totality.Bank|nil bank
---@return string? message when the file can't be used or holds a bank made otherwise
function totality.bank(given) end

--- The share of total eclipses among the curves: the prior probability of one.
---@return number
function Bank:total_share() end

totality.bayes_limit = {}

--- An estimate of the Bayes limit, made by `totality.bayes_limit`. Prints as a table.
---@class totality.BayesLimit
---@field systems integer fresh systems that were judged
---@field total_share number share of total eclipses among them, the threshold for balanced accuracy
---@field achieved table<string, { value: number, error: number }> what the posterior scores on them: `accuracy`
--- and `f1` at p = 0.5, `balanced_accuracy` at total_share, `best_f1` at `totality.calibration.f1_threshold` of its
--- probabilities, `roc_auc`, `calibration_error`; with standard errors. With few effective curves it falls short of
--- the limit
---@field claimed table<string, { value: number, error: number }> `accuracy`, `f1`, `balanced_accuracy`, `best_f1`
--- that the probabilities (`p_unflattened`) themselves promise: the mean of max(p, 1 - p) and the like. With few
--- effective curves they are too near 0 or 1, and this too high
---@field effective_size number[] quantiles at 10, 50 and 90 % of the effective numbers of curves
---@field flattened number share of systems with too few effective curves, whose likelihood was flattened
---@field labels integer[] 1 for a total eclipse
---@field scores number[] the probabilities
---@field unflattened number[] the probabilities that `claimed` goes by
local BayesLimit = {}

--- Estimates the Bayes limit for the curves of a data set: each is judged by the posterior, with everything about
--- the observation known but what the options say.
---
--- The posterior's own score is a lower bound of the limit, what its probabilities promise tends to lie above; they
--- meet when the bank is large enough.
---@param dataset totality.SyntheticDataset of the bank's population (see `totality.synthetic`)
---@param given table `bank` (totality.Bank, needed); `first` and `count` (which examples of the data set; default
--- all); `phase_error`, `both_minima`, `noise_known`, `model_error`, `third_light`, `third_light_mean`, `spots`,
--- `least_effective_size`, `refine` and `threads` as for `totality.posterior`, with the defaults of an observation of
--- which all is known: 0, false, true, 0, 0, 0.12, 0
---@return totality.BayesLimit
function totality.bayes_limit(dataset, given) end

totality.calibration = {}

---@class totality.Calibration
---@field slope number
---@field intercept number
local Calibration = {}

--- A calibration with known coefficients: the log-odds become slope * log-odds + intercept.
---@param slope number above 0
---@param intercept number
---@return totality.Calibration
function totality.calibration.new(slope, intercept) end

--- Fits a calibration to labelled examples that the network has not seen in training: slope and intercept of the
--- log-odds of greatest likelihood, with Platt's targets, which keep it finite (Platt 1999, Advances in Large Margin
--- Classifiers, 61; the Newton steps with halving of Lin, Lin & Weng 2007, Machine Learning 68, 267).
---@param y_true any labels 0 and 1: a list, Series or Tensor
---@param y_prob any probabilities of label 1
---@return totality.Calibration|nil
---@return string? message when there is one label only, or when the probabilities don't rise with it
function totality.calibration.fit(y_true, y_prob) end

--- The calibration that a weights file's metadata hold (calibration_slope, calibration_intercept; for the curves of a
--- survey with its name, as calibration_slope_asas3); nil without them.
---@param metadata table see model.metadata
---@param survey? string
---@return totality.Calibration|nil
---@return string? message when they are there and can't be used
function totality.calibration.from_metadata(metadata, survey) end

--- The surveys for which a weights file's metadata hold a calibration, in order.
---@param metadata table see model.metadata
---@return string[]
function totality.calibration.surveys(metadata) end

--- What to save with the weights: `model:save(path, calibration:metadata())`.
---@param survey? string for the curves of this one only
---@return table<string, string>
function Calibration:metadata(survey) end

--- The calibrated probability.
---@param probability number from the network
---@return number
function Calibration:apply(probability) end

--- What several judges of the same curve say together: the probability whose log-odds are the mean of theirs.
---@param probabilities number[] at least one
---@return number
function totality.calibration.combine(probabilities) end

--- The probability where the share of total eclipses is another one, all else equal (Saerens, Latinne & Decaestecker
--- 2002, Neural Computation 14, 21, eq. 2.4).
---@param probability number at the share `from`
---@param from number share of total eclipses for which the probability holds, in (0, 1)
---@param to number the other share, in (0, 1)
---@return number
function totality.calibration.shift_prior(probability, from, to) end

--- The share of total eclipses in a catalogue, from the probabilities of all its stars: the expectation-maximisation
--- of Saerens, Latinne & Decaestecker (2002, eq. 2.9), which gives the share of greatest likelihood. It assumes
--- calibrated probabilities and stars that differ from the population of `from` in that share only; with n stars its
--- error is at least sqrt(share (1 - share) / n).
---@param probabilities number[]
---@param from number share of total eclipses for which they hold, in (0, 1)
---@return number share in (0, 1)
function totality.calibration.estimate_prior(probabilities, from) end

--- The threshold for the best F1 of a catalogue, from the probabilities of all its stars, without a label: half the
--- largest F1 that is expected if they are right (Lipton, Elkan & Narayanaswamy 2014, arXiv:1402.1892).
--- Stars with at least that probability are called total. It assumes calibrated probabilities for the catalogue's own
--- share of total eclipses.
---@param probabilities number[]
---@return number threshold above 0, at most 0.5; 0.5 when no star can be total
---@return number f1 that is expected there
function totality.calibration.f1_threshold(probabilities) end

totality.callbacks = {}

--- Checks a list of callbacks on behalf of `what`; returns callables by event, in the list's order.
function totality.callbacks.check(what, list, level) end

--- Ends the training when `monitor` has not improved by more than min_delta for `patience` epochs. With
-- restore_best_weights the model ends with the weights of its best epoch, however training ended.
---@param given? { monitor?: string, patience?: integer, min_delta?: number,
--- restore_best_weights?: boolean, mode?: "auto"|"min"|"max" }
function totality.callbacks.early_stopping(given) end

--- Saves the model after every epoch, or after every epoch that improves `monitor`. (To continue a training
-- that was interrupted, use model:fit's option `checkpoint`.) The path may
-- contain {epoch} and the names of what is measured, with a format: "best-{epoch:02d}-{val_loss:.3f}".
---@param given { path: string, monitor?: string, save_best_only?: boolean, mode?: "auto"|"min"|"max" }
function totality.callbacks.model_checkpoint(given) end

--- Sets the learning rate before each epoch.
---@param schedule fun(epoch: integer): number epochs from 1
function totality.callbacks.learning_rate_scheduler(schedule) end

--- Multiplies the learning rate by `factor` when `monitor` has not improved by more than min_delta for
-- `patience` epochs; afterwards `cooldown` epochs don't count. The rate doesn't fall below min_lr.
---@param given? { monitor?: string, factor?: number, patience?: integer, min_delta?: number, cooldown?: integer,
--- min_lr?: number, mode?: "auto"|"min"|"max" }
function totality.callbacks.reduce_lr_on_plateau(given) end

--- Writes a CSV table with a row for each epoch: epoch, learning_rate, loss and all that is measured. With
-- `append` the rows follow those of an existing file.
---@param given { path: string, append?: boolean }
function totality.callbacks.csv_logger(given) end

totality.catalogue = {}

--- Goes through a table of stars, row by row (see totality.read_catalogue); keeps nothing of it in memory.
---@param path string
---@return function|nil next gives the next row; nil at the end; or nil and a message that begins with the path
---@return string? message
function totality.catalogue.rows(path) end

--- Reads a table of stars. Columns: `file`, and if present `id` (default: the file), `period` (days) and
-- `epoch` (numbers; nil where empty). All other columns are kept as strings. Lines that are empty or begin
-- with # don't count. A row also gets `line` (its number), `path` (the file, found relative to the table; a list
-- where `file` names several, divided by semicolons) and, when something is wrong with it, `problem`: a message
-- that begins with table and line.
---@param path string
---@return table[]|nil rows; or nil and a message that begins with the path
---@return string? message
function totality.read_catalogue(path) end

totality.classifier = {}

--- A network of a classifier.
---@class totality.ClassifierNetwork
---@field weights string path of the file
---@field model totality.Model
---@field calibration totality.Calibration|nil of the network's output; nil when the weights hold none
---@field prior number|nil share of total eclipses for which its probabilities hold; nil when the weights don't say
local ClassifierNetwork = {}

---@class totality.Classifier
---@field networks totality.ClassifierNetwork[]
---@field weights string paths of all weights, divided by commas
---@field total_from number p_total from which the verdict is "total"
---@field partial_below number p_total below which it is "partial"
---@field prior number|nil that of its networks
---@field survey string|nil whose curves the calibrations are for; nil: any survey's
local Classifier = {}

--- Those that judge together by default; docs/verdicts.md says why.
---@type string[]
totality.classifier.DEFAULT = nil

--- The p_total below which the verdict is "partial", unless another is chosen.
---@type number
totality.classifier.PARTIAL_BELOW = nil

--- The names of the weights that come with the project.
---@return string[]
function totality.classifier.shipped() end

--- The file of weights that come with the project; they lie beside the definitions of the networks.
---@param name string one of `classifier.shipped`
---@return string|nil path
---@return string? message
function totality.classifier.shipped_weights(name) end

--- A classifier with the shipped weights, or with others.
--
-- Options: `weights`: the name of weights that come with the project ("cnn10", "cnn15" or "cnn15_350x175";
-- docs/verdicts.md compares them), or a safetensors file written by `model:save`, whose metadata may name the `style`
-- of the images, the `flux_range` between their edges ("-0.15 to 1.15"), the `prior` (share of total eclipses) for
-- which its probabilities hold, and calibrations; or a list of those, of which the mean of the log-odds counts
-- (default { "cnn10", "cnn15_350x175" }); `survey`, the one that took the curves (a name in totality.surveys, as
-- "asas3"), whose own calibration is used then (default: one for all surveys together); `total_from` and
-- `partial_below`: probabilities that divide total, uncertain and partial (default 0.5 and 0.2; docs/verdicts.md has
-- the error rates behind them). Returns nil and a message when a file can't be used, or has no calibration for the
-- survey, or when networks are for different priors.
---@param given? table
---@return totality.Classifier|nil classifier
---@return string? message
function totality.classifier(given) end

--- Judges many light curves, one after the other, with all processors: while the next ones are fetched from the
-- source, those before are drawn and judged. Memory holds two batches at a time, however many curves there are.
--
-- for k, verdict, message in classifier:classify_all(curves) do ... end
---@param curves table|function a list, or a function that gives the next one and nil at the end, of light curves
--- (with a period, if they are in time), of tables { curve, period, epoch }, or of strings: messages that stand for
--- curves that could not be read and are handed on
---@param given? table `prior`, `refine_period` (as in classify), `threads` (default all processors), `batch_size`
--- (64)
---@return function next gives for each in turn its number, the verdict or nil, and the message when there is none
function Classifier:classify_all(curves, given) end

--- Judges one light curve.
---@param curve totality.LightCurve folded, or with a period
---@param given? table `period` (days) and `epoch`, for a curve that is not folded (default: its own);
--- `prior`: share of total eclipses among the stars that it is one of, in (0, 1) (default: that of the population
--- that the weights are for, classifier.prior);
--- `refine_period`: whether to look for a better period nearby (default true, see curve:refine_period)
---@return totality.Verdict|nil verdict
---@return string? message when the data make no curve
function Classifier:classify(curve, given) end

--- The share of total eclipses among many stars, to be used as `prior` for them (totality.calibration.estimate_prior,
--- where it says what is assumed).
---@param curves table|function as in classify_all
---@param given? table `refine_period`, `threads`, `batch_size` as in classify_all
---@return number|nil share in (0, 1); or nil and a message when no curve could be judged
---@return integer|string count of curves that could be judged
function Classifier:estimate_prior(curves, given) end

totality.curve = {}

--- A light curve, made by `totality.curve`, `totality.read` or `system:light_curve`. `#curve` is how many points
--- it has.
---@class totality.LightCurve
---@field time? totality.Series days
---@field phase? totality.Series -0.5 to 0.5
---@field flux totality.Series
---@field error? totality.Series of the flux; may hold NaN
---@field segment? totality.Series a whole number a point: the data set, quarter, sector or camera that it is of
---@field scatter? totality.Series of the points in a bin
---@field count? totality.Series points in a bin
---@field period? number in the unit of time
---@field epoch? number in the unit of time
---@field period_error? number standard error, after refine_period or find_period
---@field epoch_error? number standard error, after centre_minima
---@field time_system? string what the times are, as "HJD", "BJD_TDB" or "MJD_UTC"; nil when nothing tells
---@field ra? number degrees, J2000, where the file tells
---@field dec? number degrees, J2000
---@field band? string pass band that was read, where the file names bands
---@field object? string the star, where the file names it
---@field skipped? integer points of the file that are no measurement, or flagged as bad
---@field other_bands? integer points of the file in other pass bands
---@field name? string
---@field file? string
---@field normalised? boolean true when the flux runs from 0 (deeper minimum) to 1 (higher maximum)
---@field depth? number of the deeper minimum in units of the maximum flux, before the curve was normalised; nil when
--- that flux was not above 0
local LightCurve = {}

--- A light curve from numbers.
---@param given table `time` or `phase` (or both); `flux` or `magnitude` (becomes flux with median 1);
--- optional `error` (of the flux or magnitude), `segment` (a whole number a point: which data set, quarter or
--- camera it is of), `period` and `epoch` (in the unit of time), `time_system`, `name`, `file`. Each column is a list
--- of numbers or a Series, all of one length.
---@return table curve totality.LightCurve
function totality.curve(given) end

--- Phases from times: (time - epoch) / period, in [-0.5, 0.5).
---@param given? table `period` (days; default the curve's own), `epoch` (default the curve's own, or the
--- first time). The epoch needs no accuracy: `centre_minima` finds the minimum.
---@return table curve
function LightCurve:fold(given) end

--- Without the points that stand off the smooth curve in phase. Minima are never cut.
---@param given? table `sigma_lower` (default 5) and `sigma_upper` (default 4): the limits below and above the
--- curve, in robust standard deviations; math.huge keeps all
---@return table curve
function LightCurve:remove_outliers(given) end

--- The flux scaled so that the smooth curve's higher maximum is 1 and its deeper minimum 0.
---@return table curve
function LightCurve:normalise() end

--- Phases (and epoch) shifted so that the deeper minimum lies at phase 0, hence in an image, which starts
-- at phase -0.25, in the left half. The axis of symmetry is found from the curve, not from the epoch. When the
-- curve has times, epoch_error is the standard error of the new epoch.
---@return table curve
function LightCurve:centre_minima() end

--- The same as `centre_minima`, by its effect in the image.
LightCurve.deeper_left = nil

--- Sigma of one point, in the unit of the flux, from the differences between neighbours in phase.
---@return number
function LightCurve:noise() end

--- Writes the curve as CSV with a header, which `totality.read` reads back.
---@param path string
---@return table|nil curve the curve itself; or nil and a message
---@return string? message
function LightCurve:write(path) end

--- The curve in bins of phase; bins without a point are left out. `error` becomes the standard error of
-- the bin (scatter / sqrt(count)), `scatter` and `count` are added, times and segments are dropped.
---@param given table `bins` (number of bins in a cycle), `statistic` ("mean" or "median"; default mean)
---@return table curve
function LightCurve:bin(given) end

--- The image of a curve that has been through `centre_minima` and `normalise`: each column has the height of
-- the mean of the points in it, to which those in the tails of the noise contribute less (csrc/curve/clean.h).
---@param given? table `width`, `height` (pixels, at least 8; default 100), `statistic` ("mean" or "median"),
--- `style`: "area" (all below the curve is ink, the fainter the less sure the column's height is, from the noise
--- and the number of points; a column without points is drawn in half ink between its neighbours; the paper is the
--- greyer the deeper the curve was before it was normalised; the default) or "marks" (one mark a column, as in a
--- plot of points)
---@return table image totality.Image
function LightCurve:to_image(given) end

--- All that has to be done in time, in one step, as `prepare` does it: the period is refined on the data
-- (refine_period), zero points of segments and, when the points are dense, trends are removed (remove_offsets,
-- remove_trend), and the curve is folded.
---@param given? table `period` (days; default the curve's own), `epoch` (default the curve's own, or the first time),
--- `drift` (as in refine_period; default 0.3, 0 keeps the period), `baseline` (false leaves zero points and trends
--- in)
---@return totality.LightCurve|nil curve folded; or nil and a message when the data don't allow it
---@return table|string found `period`, `period_error`, `drift` and `improvement` (as in refine_period), `smear` (rms
--- over the data of what the period's error does to the phase), `epoch` (of phase 0), `baseline` (a table, as in
--- remove_offsets)
function LightCurve:reduce(given) end

--- The way of every curve to the network, in one step: reduce for a curve in time; then remove_outliers,
-- centre_minima, normalise, to_image.
---@param given? table `width`, `height` (pixels; default 100), `sigma_lower` (5), `sigma_upper` (4),
--- `statistic`, `style` (as in to_image). For a curve in time, or one that is to be folded again: `period` and
--- `epoch` (default: the curve's own, unless it is folded already), `drift`, `baseline` (as in reduce)
---@return table|nil image totality.Image; or nil and a message when the data make no curve
---@return table|string summary n_points, n_used, n_outliers, n_empty_columns; widest_gap (in phase); shift
--- (the old phase of the deeper minimum) and shift_error; top and bottom (the flux that became 1 and 0); noise,
--- depth, secondary_depth, maxima_difference (in units of the maximum flux), noise_amplitude (in units of the
--- depth); depth_difference_sigma (below about 3 the choice of the deeper minimum is a toss-up); double_wave
--- (near 1 for two like minima a cycle); flatter_minimum ("primary" = the deeper, "secondary" or "unclear"),
--- flatter_significance, primary_curvature, secondary_curvature. Of a curve in time also period, period_error,
--- epoch (of the deeper minimum), epoch_error, drift, smear, improvement and baseline (as in reduce)
function LightCurve:prepare(given) end

--- What a telescope would see of a model curve: points at other phases with noise, or the whole of what a survey
--- delivers, gaps, outliers, offsets and all.
---@param given? table points in phase: `points` (default 100), `noise` (sigma in units of the curve's maximum flux;
--- default 0), `phases` ("regular" or "random"; default regular), `offset` (regular phases: shift of the grid in
--- steps, 0 to 1; default 0), `rng` (totality.Rng; needed for noise and random phases). Or a totality.Survey:
--- the curve then has times, and passes through the same steps as one that was read from a file
---@param survey_options? table with a survey: `period` (days; needed), `rng` or `seed`; `magnitude` (at maximum;
--- default drawn), `third_light` of a companion (0 to 1; the survey adds its own; default 0), `period_change` (dP/dt;
--- default 0), `light_time` (half amplitude of the delay in a wide orbit, days; default 0) and `outer_period` of that
--- orbit (days), `mirrored` (phases run backwards), `limit` (of a continuous survey with more points than that, only
--- one in so many is made, with the noise of the mean; default: all are made)
---@return table curve with a survey: flux in units of the maximum flux, the quoted error, `segment`, `survey` (its
--- name), `period` and `epoch` as a catalogue gives them, with their errors, and `truth`: period, epoch, magnitude,
--- third_light, noise (sigma at maximum, in flux), period_change, light_time, outer_period, outliers (how many)
function LightCurve:observe(given, survey_options) end

--- Times at the Sun (HJD) from times at the Earth: the light of a star near the ecliptic is early or late by up to
-- 8.3 minutes over the year. Good to 0.1 s for an observer at the centre of the Earth, 0.02 s worse on its surface.
-- The formula is in csrc/curve/heliocentric.h.
---@param given? table `ra`, `dec` (degrees, J2000; default those of the file, if it has them), `time_system` ("JD" or
--- "MJD", both UTC; default the curve's own)
---@return table curve its time_system is "HJD", its times and epoch are Julian dates
function LightCurve:heliocentric(given) end

--- A better period from the data: catalogue periods are good to about 1e-5, which over the years of a survey
-- blurs the minima. A curve of several harmonics is fitted at trial periods; the given one is kept unless
-- another is clearly better.
---@param given? table `period` (days; default the curve's own), `drift` (how far the phase may be off from the
--- first to the last point, in cycles; default 0.3), `harmonics` (default 6)
---@return totality.LightCurve|nil curve with the better period; or nil and a message when the data don't tell
---@return table|string found `period`, `period_error` (standard error, days), `drift` (what the change does to the
--- phase from first to last point, in cycles), `improvement` (fall of chi^2; 0 when the period was kept), `scatter`
--- (robust sigma of the points about the better fit)
function LightCurve:refine_period(given) end

--- The period of a contact binary when none is known. The light of such a star is mostly a sine wave of half the
-- period: the generalised Lomb-Scargle periodogram (Zechmeister & Kuerster 2009, A&A 496, 577) finds the
-- candidates, aliases of the day and the year among them, and the fit of a whole Fourier series at twice their
-- period decides. When the result is doubtful, `note` says so.
---@param given? table `minimum` and `maximum` of the orbital period (days; default 0.2 and 1.2), `harmonics` (2 to
--- 12; default 6)
---@return totality.LightCurve|nil curve with the period; or nil and a message when the data don't tell
---@return table|string found `period`, `period_error` (standard error, days), `scatter` (robust sigma of the points
--- about the fit, flux), `power` (share of the variance in the best wave), `false_alarm` (probability that noise
--- alone does as well), `alternative` (the second best period; nil: none) and `margin` (by how much its chi^2 is
--- larger), `minima_differ` (by how much chi^2 is larger at half the period), `note`
function LightCurve:find_period(given) end

--- Without the differences of the zero point between segments (data sets, quarters, seasons). They are fitted
-- together with the folded curve, so that no eclipse is taken for one, and only as far as they exceed what noise
-- makes (random effects; DerSimonian & Laird 1986, Control. Clin. Trials 7, 177). A curve without segments is
-- divided at gaps in time longer than 8 mean spacings and 2 to 5 periods. Where the amplitude of segments is known to
-- 2 % and differs (a neighbour's light that comes and goes), it is brought to the mean.
---@param given? table `period` (days; default the curve's own), `harmonics` of the folded curve (1 to 12; default 6)
---@return totality.LightCurve curve
---@return table found `segments`, `knots`, `offset_spread` (standard deviation of the zero points, flux; 0 when
--- there is no sign of any), `amplitude_spread` (that of the amplitudes, relative), `scatter` (robust sigma of the
--- points about the fit, flux)
function LightCurve:remove_offsets(given) end

--- Without slow changes (spots, a third body, the instrument) and without offsets: as remove_offsets, but within
-- a segment the zero point runs straight from knot to knot.
---@param given? table `spacing` of the knots (days; default 20 periods or 50 mean spacings of points, whatever is
--- longer), `period` (days; default the curve's own), `harmonics` of the folded curve (1 to 12; default 6)
---@return totality.LightCurve curve
---@return table found as in remove_offsets
function LightCurve:remove_trend(given) end

--- The points between two times, as a new curve: spots move over years, and a curve of a year is sharper than one
-- of four.
---@param first number in the unit of time
---@param last number
---@return totality.LightCurve curve
function LightCurve:between(first, last) end

totality.dataset = {}

--- Labelled images in memory, made by `totality.dataset`.
---@class totality.Dataset
local Dataset = {}

--- Cuts the samples at random into two data sets that share the images' memory.
---@param given { test_size: number, seed?: integer } test_size: share of the second part, in (0, 1)
---@return table train, table test
function Dataset:split(given) end

--- A data set of images in memory. The order of an epoch depends on (seed, epoch) alone.
---@param given { images: table, labels: table, classes?: integer, weights?: table, seed?: integer } images:
--- Tensor count x channels x height x width; labels: a list, Series or Tensor of 0 and 1, or of 0 ... classes-1,
--- or a Tensor count x classes of probabilities; weights: how much each sample's loss counts
function totality.dataset(given) end

--- Raises, on behalf of `what`, unless the value follows the protocol; returns its size.
function totality.dataset.check(what, name, value, level) end

totality.experiments = {}

--- The names of the experiments.
---@return string[]
function totality.experiments.names() end

--- An experiment by its name.
---@param name string
---@return table experiment title, shows, scales, runs, report
function totality.experiments.get(name) end

--- Runs an experiment, or what of it is missing in the output folder, and writes its report there.
---@param name string see totality.experiments.names
---@param given? { scale?: "tiny"|"quick"|"full", seeds?: integer, threads?: integer, output?: string,
--- publish?: string, catalogue?: string, verbose?: boolean } scale: tiny takes seconds and shows nothing, quick (the
--- default) takes minutes, full hours; seeds: repetitions of each training; output: folder of runs and report
--- (default experiments/NAME); publish: a folder in which the report is also put, as NAME; catalogue: a table of
--- real curves with labels, for the experiments that take one; verbose: whether to say what is done (default true)
---@return string|nil path of the report; nil when files can't be read or written
---@return string? message
function totality.experiments.run(name, given) end

totality.keras = {}

--- Sets all weights of a model from arrays as Keras' model.get_weights() lists them.
---@param model totality.Model
---@param arrays table[] Tensors or nested lists: kernel, bias of each convolution and dense layer; gamma, beta,
--- moving mean and moving variance of each batch normalisation
function totality.keras.set_weights(model, arrays) end

--- All weights of a model as Keras' model.get_weights() gives them, and model.set_weights() takes them.
---@param model totality.Model
---@return totality.Tensor[] arrays
---@return string[] names "conv2d/kernel", "conv2d/bias", ...
function totality.keras.get_weights(model) end

--- Sets all weights of a model from a safetensors file of arrays in Keras' layout, named after the layers and
-- weights: "conv2d/kernel", "conv2d/bias", "batch_normalization/moving_mean" (or with a dot, or ":0" behind).
-- Layers of a kind may be numbered from any number on, as Keras does within a session.
---@param model totality.Model
---@param path string
---@return boolean|nil loaded
---@return string? message
function totality.keras.load_weights(model, path) end

totality.labelled_images = {}

--- Writes the images of a data set as DIRECTORY/total/NUMBER.png and DIRECTORY/partial/NUMBER.png, and
--- DIRECTORY/labels.csv with the columns file and label.
---@param dataset table see totality.dataset; labels 1 (total) and 0 (partial), images of one channel
---@param directory string is made when it is missing
---@param given? { first?: integer, count?: integer, verbose?: boolean } a part of the samples (default all); a line
--- of progress on a terminal (default true)
---@return integer|nil count of images written
---@return string? message
function totality.labelled_images.write(dataset, directory, given) end

--- Scores the answers of another program to images that `totality.labelled_images.write` wrote, with 95 % intervals.
---@param labels_path string the labels.csv of the images
---@param predictions_path string a CSV table with the columns file and p_total (probability of a total eclipse), or
--- file and label (total or partial); folders in front of the files' names don't count
---@param given? { threshold?: number } of p_total, from which the answer is "total" (default 0.5)
---@return table<string, { value: number, low: number, high: number }>|nil scores accuracy, balanced_accuracy, f1,
--- recall, precision
---@return string? message when a file can't be read, or an image has no answer
function totality.labelled_images.score(labels_path, predictions_path, given) end

totality.layers = {}

--- Convolution 3x3 with stride 1 and zero padding, so that the image keeps its size (Keras'
-- padding = "same"). Parameters: filters * (9 * channels + 1). The loss grows by l2 * the sum of the squared
-- weights (Keras' kernel_regularizer).
---@param given { filters: integer, kernel_size?: 3, padding?: "same",
--- activation?: "linear"|"relu"|"sigmoid"|"tanh", l2?: number }
function totality.layers.conv2d(given) end

--- The largest of each 2x2 window; an odd last row or column is left out (25 becomes 12).
---@param given? { pool_size?: 2 }
function totality.layers.max_pooling2d(given) end

--- The mean of each channel: images to vectors of as many numbers as channels.
function totality.layers.global_average_pooling2d(given) end

--- Images to vectors, in the order channel, row, column.
function totality.layers.flatten(given) end

--- Every unit sees every feature. A softmax is possible in the last layer only. `l2` as in conv2d.
---@param given { units: integer, activation?: "linear"|"relu"|"sigmoid"|"tanh"|"softmax", l2?: number }
function totality.layers.dense(given) end

--- Batch normalisation (Ioffe & Szegedy 2015, arXiv:1502.03167) of each channel, or each feature: minus the
-- mean, by the square root of the variance + epsilon, times gamma, plus beta. While training these are mean and
-- variance of the whole batch, and the moving ones become momentum times themselves plus (1 - momentum) times
-- these; outside training, and in a frozen layer, the moving ones are used. They are saved with the weights. A
-- network with such a layer keeps the activations of a whole batch while it is trained.
---@param given? { momentum?: number, epsilon?: number } default 0.99 and 0.001
function totality.layers.batch_normalization(given) end

--- An activation by itself, for what stands between a layer and its activation.
---@param given { activation: "linear"|"relu"|"sigmoid"|"tanh"|"softmax" }
function totality.layers.activation(given) end

--- While training, each number becomes 0 with probability `rate`, and the others grow by 1/(1 - rate).
---@param given { rate: number } in [0, 1)
function totality.layers.dropout(given) end

--- The layer of a text that Layer:text made; raises for anything else.
function totality.layers.parse(text) end

totality.metrics = {}

--- Share of correct predictions.
function totality.metrics.accuracy_score(y_true, y_pred) end

--- Mean of the recalls of the classes that occur in y_true: 0.5 for guessing, at any class ratio.
function totality.metrics.balanced_accuracy_score(y_true, y_pred) end

--- Share of true positives among the predicted ones; 0 when nothing was predicted positive.
function totality.metrics.precision_score(y_true, y_pred) end

--- Share of the positives that were found; 0 when there is none.
function totality.metrics.recall_score(y_true, y_pred) end

--- Harmonic mean of precision and recall; 0 when both are.
function totality.metrics.f1_score(y_true, y_pred) end

--- Counts m[i][j] of true label i - 1 and predicted label j - 1; always 2 x 2. Prints as a table.
function totality.metrics.confusion_matrix(y_true, y_pred) end

--- Area under the ROC curve: the chance that a positive scores higher than a negative, ties counting
-- half. NaN when y_true has one class only.
function totality.metrics.roc_auc_score(y_true, y_score) end

--- The largest recall at a threshold at which the precision is at least the given one (Keras: RecallAtPrecision); 0
--- when there is no such threshold, NaN when y_true has no positives.
---@param y_true integer[]
---@param y_score number[]
---@param precision number
---@return number recall
function totality.metrics.recall_at_precision(y_true, y_score, precision) end

--- The ROC curve. Points on a straight line between their neighbours are left out, unless
-- drop_intermediate = false. The first threshold is infinite: nothing is positive.
---@return number[] fpr, number[] tpr, number[] thresholds
function totality.metrics.roc_curve(y_true, y_score, given) end

--- Mean of -log of the probability given to the true class; probabilities are kept off 0 and 1 by
-- 2.2e-16.
function totality.metrics.log_loss(y_true, y_prob) end

--- The mean distance of predicted probability and observed frequency, over bins of equal width of the probability
--- (the expected calibration error of Naeini, Cooper & Hauskrecht 2015, AAAI 29, 2901).
---@param y_true any labels
---@param y_prob any probabilities of label 1
---@param given? { bins?: integer } default 10
---@return number
function totality.metrics.calibration_error(y_true, y_prob, given) end

--- The 95 % interval of a share of which `successes` of `trials` are known (Wilson 1927, JASA 22, 209).
---@param successes integer
---@param trials integer at least 1
---@return number low
---@return number high
function totality.metrics.wilson_interval(successes, trials) end

--- The 95 % interval of any of the measures above, from the quantiles of resamples (Efron 1979, Ann. Statist. 7, 1);
--- each resample has as many of either class as there are. Same seed, same interval.
---@param measure function as metrics.f1_score
---@param y_true any
---@param y_other any what the measure compares with y_true
---@param given? { resamples?: integer, seed?: integer } default 1000, 0
---@return number low
---@return number high
function totality.metrics.bootstrap_interval(measure, y_true, y_other, given) end

totality.model = {}

--- A sequential network, made by `totality.sequential`, `totality.models.NAME` or `totality.load_model`.
---@class totality.Model
---@field width integer of the images, pixels
---@field height integer
---@field metadata table what was saved with the weights, as strings
---@field precision "fp32"|"bf16" of the computation, see model:compile
local Model = {}

--- Makes a network from a list of layers. The last must be dense { units = 1, activation = "sigmoid" }, or
-- for K >= 2 classes dense { units = K, activation = "softmax" } (or these activations as a layer). Weights are
-- drawn as in Keras (Glorot uniform, biases zero).
-- Convolutions are computed by the best kernel for this CPU, or by the one that the environment variable
-- TOTALITY_KERNEL names: avx512, avx2, portable, in bf16 also amx and, for tests, amx-emulated; they differ
-- by rounding only. A name that this precision doesn't have leaves the choice.
---@param given { width: integer, height: integer, channels?: integer, layers: table, name?: string,
--- seed?: integer }
function totality.sequential(given) end

--- Number of weights and biases.
function Model:count_params() end

--- Prints Keras' table of the layers; print_fn gets each line instead of standard output.
---@param given? { print_fn?: function }
function Model:summary(given) end

--- Says how to train: the optimizer (its state begins anew), the loss and what to measure besides.
-- The loss is binary_crossentropy for a network with a sigmoid, categorical_crossentropy for a softmax;
-- label_smoothing s mixes the labels with s of the same probability for each class.
-- Metrics: accuracy, balanced_accuracy; for two classes also precision, recall, f1, roc_auc (each also with
-- _score), log_loss.
-- Precision: with "bf16" the images between convolutions and the weights are rounded to bfloat16 (8 bits of
-- mantissa) where they are multiplied; sums, gradients and the weights that are trained, saved and loaded stay
-- float32. It is meant for CPUs with AMX, about as fast as fp32 with AVX512_BF16 and slower without; the images
-- take half the memory. It holds for predict and evaluate, too. Default: as it is, "fp32" in a new model.
---@param given? { optimizer?: table, loss?: "binary_crossentropy"|"categorical_crossentropy",
--- label_smoothing?: number, metrics?: string[], precision?: "fp32"|"bf16" } label_smoothing in [0, 1)
function Model:compile(given) end

--- The learning rate of the next step, unless a schedule sets it.
---@return number
function Model:learning_rate() end

--- Sets the learning rate, for an optimizer that has no schedule.
---@param rate number at least 0
function Model:set_learning_rate(rate) end

--- Freezes layers: training leaves their parameters as they are.
---@param pattern string a layer's name as in the summary; "*" stands for anything: "conv2d*"
---@return totality.Model model itself
function Model:freeze(pattern) end

--- Lets frozen layers be trained again.
---@param pattern string as for model:freeze
---@return totality.Model model itself
function Model:unfreeze(pattern) end

--- Trains. Epochs are numbered from initial_epoch + 1 to epochs. Same seed, data and batch size: same
-- bits, for any number of threads (seed decides the dropout; the order of the samples is the data set's).
-- Ctrl-C ends the training, not the program: with validation data the model then has the weights of its
-- lowest val_loss so far, and history.interrupted is true.
--
-- With `checkpoint`, the name of a file, the state of the training is written there every so many epochs,
-- batches or seconds (checkpoint_every; default after each epoch and every 300 seconds within it), and at the end.
-- Where that file exists, the same call continues from it, with the same bits as if nothing had happened
-- in between; a file of another training is refused. When a checkpoint can't be written, a warning is printed,
-- history.checkpoint_failure says why, the last one stays and the training goes on. The file is a model's as
-- well (totality.load_model). Data sets must give the same batch for the same arguments; callbacks with a state
-- need get_state and set_state (see totality.callbacks).
---@param data table a data set, see totality.dataset
---@param given? { epochs?: integer, batch_size?: integer, validation_data?: table, callbacks?: table,
--- verbose?: boolean, threads?: integer, seed?: integer, class_weight?: table, initial_epoch?: integer,
--- checkpoint?: string, checkpoint_every?: { epochs?: integer, batches?: integer, seconds?: number } }
---@return totality.History|nil history loss, val_loss and metrics as lists over the epochs, and epoch
---@return string? message why the checkpoint can't be used
function Model:fit(data, given) end

--- Loss and metrics (those of compile) on a data set, as a table by name.
---@return table values
function Model:evaluate(data, given) end

--- The probability of label 1 for each image of a Tensor (count x channels x height x width) or of a data
-- set; for K classes, those of all, count x K. With logits = true the numbers before the sigmoid or softmax.
---@return table probabilities a Tensor
function Model:predict(data, given) end

--- The layers as one line of text: "input 1 100 100; conv2d 16 relu; max_pooling2d; ..."
---@return string
function Model:architecture() end

--- What every file of this model says of it, and `more`, as strings.
---@param more table<string, string>
---@return table<string, string>
function Model:file_metadata(more) end

--- Writes weights and architecture to a safetensors file. Metadata: names to strings, numbers or booleans;
-- "architecture" and "name" are taken. The file appears whole or not at all.
---@return boolean|nil saved, string|nil message
function Model:save(path, metadata) end

--- Writes the model as an ONNX file (opset 13) for other runtimes. Input "image": float32, n x channels x height
-- x width; output "probability": n x 1 of label 1, or n x K of the classes. The metadata are those of model:save
-- and model.metadata.
---@param path string
---@return boolean|nil written, string|nil message
function Model:export_onnx(path) end

--- Takes the weights of a file, which must be those of a network of the same shape. With `layers`, only
-- those of the layers of these names are taken (those of a pretrained network, say), and the file may hold others;
-- with skip_mismatched, arrays that are missing in the file or have another shape stay as they are.
---@param path string
---@param given? { layers?: string[], skip_mismatched?: boolean } names as for model:freeze: { "conv2d*" }
---@return boolean|nil loaded, string|nil message
function Model:load_weights(path, given) end

--- A model from a file that model:save wrote; what else was saved is in model.metadata.
---@param path string
---@param given? { precision?: "fp32"|"bf16" } of the computation, see model:compile; default fp32
---@return table|nil model, string|nil message
function totality.load_model(path, given) end

totality.models = {}

totality.models.cnn10 = {}

--- CNN10 with fresh weights.
---@param given? table `width`, `height` (pixels, at least 32; default 100), `seed`; `dropout` before the output
--- (share of units, 0 for none; default 0) and `l2` of all layers but the output (default 0)
---@return totality.Model
function totality.models.cnn10(given) end

totality.models.cnn15 = {}

--- CNN15 with fresh weights.
---@param given? table `width`, `height` (pixels, at least 64; default 250), `seed`; `dropout` before the output
--- (share of units, 0 for none; default 0.5) and `l2` of all layers but the output (default 0)
---@return totality.Model
function totality.models.cnn15(given) end

totality.optimizers = {}

--- Adam (Kingma & Ba 2015, arXiv:1412.6980) with Keras' conventions and defaults (learning rate 0.001).
---@param given? { learning_rate?: number|function|totality.Schedule, beta_1?: number, beta_2?: number,
--- epsilon?: number, clipnorm?: number, global_clipnorm?: number }
function totality.optimizers.adam(given) end

--- Adam after the weights have shrunk by learning_rate * weight_decay (Loshchilov & Hutter 2019,
-- arXiv:1711.05101), with Keras' defaults (learning rate 0.001, weight decay 0.004).
---@param given? { learning_rate?: number|function|totality.Schedule, weight_decay?: number, beta_1?: number,
--- beta_2?: number, epsilon?: number, clipnorm?: number, global_clipnorm?: number }
function totality.optimizers.adamw(given) end

--- Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): the change of a matrix of weights is its
-- momentum with all singular values nearly 1, after `ns_steps` rounds of an iteration, times learning_rate *
-- rms_rate * sqrt(its longer side), which makes its root mean square that of Adam's (Liu et al. 2025,
-- arXiv:2502.16982). A convolution's filters are the rows of a matrix. Biases, the layer of the output and
-- `exclude_layers` (names as for model:freeze) follow AdamW. Names and defaults are Keras'.
---@param given? { learning_rate?: number|function|totality.Schedule, momentum?: number, nesterov?: boolean,
--- rms_rate?: number, ns_steps?: integer, weight_decay?: number, adam_beta_1?: number, adam_beta_2?: number,
--- epsilon?: number, exclude_layers?: string[], clipnorm?: number, global_clipnorm?: number }
function totality.optimizers.muon(given) end

--- Stochastic gradient descent with momentum, as Keras (learning rate 0.01): the change is momentum times the
-- last one minus learning_rate times the gradient; nesterov looks ahead (Sutskever et al. 2013).
---@param given? { learning_rate?: number|function|totality.Schedule, momentum?: number, nesterov?: boolean,
--- clipnorm?: number, global_clipnorm?: number }
function totality.optimizers.sgd(given) end

totality.passbands = {}

totality.plot = {}

--- Charts on a page, made by `totality.plot.page`; or one chart.
---@class totality.Plot
---@field svg fun(self): string the picture as text
---@field save fun(self, path: string): boolean|nil, string|nil writes an SVG file; nil and a message
local Plot = {}

--- Lines through points, each with a name in the legend. Where a value is not a number the line is broken.
---@param given { lines: { x: number[], y: number[], label?: string, errors?: number[], marks?: boolean|"only",
--- dashed?: boolean }[], title?: string, x_label?: string, y_label?: string, x_range?: number[],
--- y_range?: number[], x_integer?: boolean, width?: integer, height?: integer } errors: half the height of an
--- error bar; marks: a dot at each point, or dots only; x_integer: whole numbers at the x axis; width and height
--- in pixels (480 x 320)
---@return totality.Plot
function totality.plot.line_chart(given) end

--- Groups of bars from zero; each kind of bar has a name in the legend.
---@param given { groups: string[], bars: { values: number[], label?: string, errors?: number[] }[], title?: string,
--- x_label?: string, y_label?: string, y_range?: number[], width?: integer, height?: integer } values and errors
--- (half the height of an error bar): one for each group; NaN: no bar
---@return totality.Plot
function totality.plot.bar_chart(given) end

--- Several charts on one page, row by row; each gets the size of the first.
---@param charts totality.Plot[] made by the functions above
---@param given? { columns?: integer } default 2, or 1 for a single chart
---@return totality.Plot
function totality.plot.page(charts, given) end

totality.population = {}

--- Share of total eclipses in `population.survey`, among the systems that vary by a tenth of the maximum flux at
--- least: 0.2688 +- 0.0005 of 967,437, half of them with a spot.
totality.population.TOTAL_SHARE = nil

---@class totality.Population
local Population = {}

--- The parameters of the distributions, with the meaning of each in the comments of the source.
---@return table
function totality.population.parameters() end

--- The median of the fillouts at a mass ratio.
---@param mass_ratio number M2/M1, 0 to 1
---@return number
function totality.population.median_fillout(mass_ratio) end

--- The share of A subtypes, whose heavier star is the hotter, at a mass ratio.
---@param mass_ratio number M2/M1, 0 to 1
---@return number
function totality.population.a_subtype_share(mass_ratio) end

--- On which side of the line of centres a spot makes the maximum after the deeper minimum the brighter one.
---@param spot table as `totality.contact` takes it
---@param temperature_ratio number T2/T1
---@return boolean brighter_after
function totality.population.brighter_after(spot, temperature_ratio) end

--- A population as a survey would meet it: inclinations at random.
---@param given? table `spots` (share of systems with a spot, 0 to 1, default 0.5), `minimum_inclination`
--- (degrees, default 40), `resolution` of the binary model (default 8: errors below 6e-4)
---@return totality.Population
function totality.population.survey(given) end

--- A population as it is found in the literature, where systems were chosen for being studied: nearly half of
--- the eclipses are total.
---@param given? table as for `survey`
---@return totality.Population
function totality.population.talk(given) end

--- A population like a table of known systems: a row at random, jittered. Correlations stay as they are in the
--- table.
---@param rows table[] each with mass_ratio (M2/M1, up to 1), fillout, inclination (degrees), t1, t2 (K); period
--- (days) may be missing, and is then drawn from the period distribution
---@param given? table `jitter` (1, the default: 8 % in the mass ratio, 0.05 in the fillout, 2 degrees, 2 % in t1 and
--- in the period, 1 % in t2/t1; 0: none), `spots`, `minimum_inclination` (default 0), `resolution` as for `survey`
---@return totality.Population
function totality.population.from_table(rows, given) end

--- The parameters of one system, as `totality.contact` takes them.
---@param rng totality.Rng
---@return table parameters
---@return number period days
function Population:draw(rng) end

--- What happens to a system in the years of a survey, as `system:observe` and `curve:observe` take it.
---@param rng totality.Rng
---@return table history third_light, period_change, light_time, outer_period, state_duration
function totality.population.history(rng) end

--- How much third light the stars of a survey have, by companions and by stars that its pixels blend with them: what
--- `totality.posterior` takes as `third_light` and `third_light_mean`.
---@param survey totality.Survey as in totality.surveys
---@return number share of the stars that have third light
---@return number mean of it in these, as a part of all light
function totality.population.third_light(survey) end

--- The same system later, its spots elsewhere, larger or smaller, or gone.
---@param rng totality.Rng
---@param parameters table as from `draw`
---@return table parameters
function totality.population.later(rng, parameters) end

totality.posterior = {}

--- Made by `totality.posterior`.
---@class totality.Posterior
---@field bank totality.Bank
---@field total_from number p_total from which the verdict is "total"
---@field partial_below number p_total below which it is "partial"
---@field prior number share of total eclipses in the bank, for which p_total holds unless another one is given
local Posterior = {}

--- What is known of a system from its light curve.
---@class totality.PosteriorResult
---@field p_total number probability that the eclipse is total
---@field mass_ratio number[] the median and the quantiles at 16 and 84 %
---@field inclination number[] likewise, degrees
---@field fillout number[] likewise
---@field effective_size number how many curves it rests on: (sum of weights)^2 / sum of squares
---@field power number that the likelihoods were raised to: 1, or less when few curves would have had all the weight
---@field p_unflattened number what p_total would be at power 1: too near 0 or 1 with few effective curves
---@field misfit number chi^2 of the best curve over the one that noise, points' weights and model error let expect:
--- at most about 1 when the bank explains the curve; with `spots` the factor by which they widen the prior is in it,
--- a tenth or so for a hundred points
---@field stages integer of importance sampling; 0: the bank's curves were enough, or were not to be refined
local PosteriorResult = {}

--- A judge of light curves that weighs them against a bank.
--
-- Options: `bank` (totality.Bank, needed); `total_from` and `partial_below`: probabilities that divide total,
-- uncertain and partial (default 0.5 and 0.2); `least_effective_size`: where fewer curves have all the weight, the
-- likelihoods are raised to a power below 1 that leaves so many (default 30); `refine`: whether to draw new systems
-- about the heaviest ones in that case first, up to ten seconds a curve (default false), or "verdict": only until the
-- flattened weights leave no doubt whether the eclipse is total; `threads` (default all processors).
--
-- What is not known of an observation and integrated over, the defaults being for real curves: `phase_error` (sigma
-- of the phase of conjunction, cycles, default 0.004; 0: known), `both_minima` (whether either may be the eclipse
-- of star 1, default true), `noise_known` (default false; the model error is known all the same), `model_error`
-- (sigma of what the model gets wrong, in units of the maximum flux, alike within 0.01 in phase; default 0.005),
-- `third_light` (share of systems that have it, default 0.5), `third_light_mean` (the mean of the exponential
-- distribution of it among those, default 0.12), `spots` (share of systems that have spots which the bank's curves
-- lack, however they move while the curve is taken; for banks of systems without spots; default 0).
---@param given table
---@return totality.Posterior
function totality.posterior(given) end

--- What the bank says about each of some folded curves, as they are: nothing is cleaned or aligned.
---@param list table[] of each `curve` (totality.LightCurve with phases; a conjunction at phase 0) and `noise`
--- (sigma of a point in the unit of its flux; when the noise is not known, a guess that weighs it against the model
--- error), as `dataset:curves` gives them
---@return totality.PosteriorResult[]
function Posterior:weigh(list) end

--- The weight of the curves of the bank below given values of a quantity: where on its posterior distribution a
--- value lies. Over systems drawn from the bank's population these numbers are uniform between 0 and 1 when the
--- posterior is right (Talts et al. 2018, arXiv:1804.06788).
---@param list table[] as for `weigh`
---@param name string a column of the bank, see `totality.bank.columns`
---@param values number[] one for each observation
---@return number[]
function Posterior:ranks(list, name, values) end

--- Judges one light curve, prepared like the network's: outliers, period and alignment. Points that stand off, but
--- are no outliers, count less (csrc/curve/clean.h): the noise of surveys has long tails.
---@param curve totality.LightCurve folded, or with a period
---@param given? table `period` (days) and `epoch`, for a curve that is not folded (default: its own);
--- `refine_period`: whether to look for a better period nearby (default true, see curve:refine_period);
--- `exposure` of a point (days, default 0; needs a period), over which the model curves are averaged: Kepler's long
--- cadence is 0.0204, and rounds the flat bottoms of short periods; `prior`: share of total eclipses among the stars
--- that it is one of, in (0, 1) (default: that of the bank, posterior.prior)
---@return totality.Verdict|nil verdict with the posterior of the system in the field `posterior`
---@return string? message when the data make no curve
function Posterior:classify(curve, given) end

totality.readers = {}

--- Reads a light curve: text and CSV of any kind, VOTable, JSON, the archive of ASAS-3, FITS of Kepler, K2 and TESS,
-- each also compressed with gzip. What a file is, is told by its content. ASAS-SN, CRTS, ZTF and Gaia are known by
-- the names of their columns. Points without a measurement, limits and points that the survey flags are left out
-- and counted; of several pass bands the one with most points is read. Several files of one star are joined, each
-- divided by its median flux.
---@param path string|string[]
---@param given? table `quantity` ("flux", "magnitude" or "relative_flux", which is (flux - mean) / mean);
--- `columns` = { time or phase =, flux or magnitude =, error =, segment =, band = }, each a header's name or a number
--- from 1; `band` where the file names bands ("" is none); `flux` (FITS: "pdcsap", corrected by the pipeline, the
--- default, or "sap") and `quality` (FITS: "good", quality flag 0 only, the default, or "any"); `period` and `epoch`
--- (days), which the curve then carries; `ra` and `dec` (degrees, J2000), also the curve's; `heliocentric` (true:
--- times of the observatory become HJD, see `curve:heliocentric`); `reader` (one of "fits", "asas", "votable",
--- "json", "text", "asas_sn", "asas_sn_v2", "crts", "ztf", "gaia", "ogle", "linear") when the content is not to be
--- asked. An epoch may lack the Julian date that the file's times lack.
---@return table|nil curve totality.LightCurve (with the fields `skipped`, the number of points left out,
--- `other_bands`, those in other bands, `band`, `ra`, `dec`, `object`); or nil and a message that begins with the
--- path, and the line if there is one
---@return string? message
function totality.read(path, given) end

totality.recipes = {}

--- A recipe, made by `totality.recipes.cnn10` or `totality.recipes.cnn15`.
---@class totality.Recipe
---@field network string name in totality.models
---@field observations table[] what the systems are seen with, see totality.synthetic
---@field surveys table<string, number>
---@field observations_per_system integer images made of each system
---@field point_limit integer points of a curve of a continuous survey, see totality.synthetic
local Recipe = {}

--- CNN10 on images of 100 x 100.
---@param given? table `width`, `height` (pixels), `epochs` (default 80), `examples_per_epoch` (images
--- that were never seen before; default 20480), `batch_size` (default 128), `seed`,
--- `threads` (default all processors),
--- `precision` ("fp32" or "bf16", see model:compile)
---@return totality.Recipe
function totality.recipes.cnn10(given) end

--- CNN15 on images of 250 x 250.
---@param given? table as for `cnn10`, but 64 `epochs`
---@return totality.Recipe
function totality.recipes.cnn15(given) end

--- The curves of the training: an epoch of them, new ones in every epoch.
---@return totality.SyntheticDataset
function Recipe:training_data() end

--- Writes weights again, with a calibration for the curves of all surveys of the recipe together, and one for each of
--- them (see totality.calibration). Plain curves, which have no third light, are among those of the training, and an
--- image doesn't say for sure where it comes from: the network's own probabilities are too small for surveys whose
--- pixels blend stars, and too large for plain curves.
---@param path string weights of this recipe's network
---@return boolean|nil done or nil and a message
---@return string? message
function Recipe:calibrate(path) end

--- Trains the network. Its weights are written to `output` after every epoch that improves the validation loss, and
--- at the end once more with their calibration (see totality.calibration). After an interruption (Ctrl-C, a power
--- failure) the same call continues from OUTPUT.checkpoint, with the same result.
---@param output string
---@return totality.History|nil history (`interrupted` says whether Ctrl-C ended it); or nil and a message
---@return string? message
function Recipe:train(output) end

totality.report = {}

--- The page as text.
---@param rows table[] a verdict each, as `totality classify` writes them: `id` (or `file`), `p_total`, and if present
--- `verdict`, `minimum`, `period`, `n_points`, `noise`, `note`, `label` (total, partial or ""), or as `totality
--- posterior` does: `mass_ratio`, `inclination`, `fillout`, each also with `_low` and `_high`
---@param given? table `title` (default "Total eclipses"); `image`, a function from an id to the bytes of a PNG or
--- nil; `images_for`: how many stars are shown with it, the most total first (default 200)
---@return string html
function totality.report.html(rows, given) end

totality.schedules = {}

--- Half a cosine from the initial rate down to alpha times it, after decay_steps (Loshchilov & Hutter 2017,
-- arXiv:1608.03983); before it, the rate may grow from 0 (or the initial rate) to warmup_target, linearly in
-- warmup_steps, as in Keras.
---@param given { initial_learning_rate: number, decay_steps: integer, alpha?: number, warmup_target?: number,
--- warmup_steps?: integer }
---@return totality.Schedule
function totality.schedules.cosine_decay(given) end

--- initial_learning_rate * decay_rate^(step/decay_steps); with staircase, the exponent is a whole number.
---@param given { initial_learning_rate: number, decay_steps: integer, decay_rate: number, staircase?: boolean }
---@return totality.Schedule
function totality.schedules.exponential_decay(given) end

--- values[1] up to and including step boundaries[1], values[2] up to boundaries[2], ..., then the last value.
---@param given { boundaries: integer[], values: number[] } one value more than boundaries, which rise
---@return totality.Schedule
function totality.schedules.piecewise_constant(given) end

totality.shards = {}

--- A data set on disk, made by `totality.shards.open`; it follows the protocol of `totality.dataset`.
---@class totality.ShardDataset
local ShardDataset = {}

--- Writes the fixed set of a data set (its batches without an epoch) to a directory, which is made when it is
--- missing. What is there already is kept when it is intact, so that the same call continues after an interruption.
---@param dataset table see totality.dataset; labels must be 0 or 1
---@param directory string
---@param given? { source?: string, shard_size?: integer, verbose?: boolean } source: what the images are, kept in
--- the index, so that another data set is not continued (default: tostring(dataset)); shard_size: images a file
--- (default: as many as make 32 MiB); verbose: a line of progress on a terminal (default true)
---@return boolean|nil written
---@return string? message
function totality.shards.write(dataset, directory, given) end

--- Opens a directory that `totality.shards.write` wrote, all of it. Only labels are kept in memory; images are read
--- when a batch needs them.
---@param directory string
---@param given? { first?: integer, count?: integer, seed?: integer } a part of the samples (default all); seed of
--- the order of an epoch (default 0)
---@return totality.ShardDataset|nil dataset nil when a file is missing or damaged
---@return string? message
function totality.shards.open(directory, given) end

--- A batch for the network; see totality.dataset. Raises when a file can't be read any more.
---@param first integer
---@param count integer
---@param epoch? integer
---@return totality.Tensor images count x channels x height x width
---@return totality.Tensor labels
function ShardDataset:batch(first, count, epoch) end

--- Light left of the eclipsed star, of the samples in their order; nil when the data set didn't know it.
---@return number[]|nil light_left as a part of the system's light
function ShardDataset:light_left() end

totality.survey = {}

--- A survey, made by `totality.survey`. Its fields are those of the table, defaults filled in, distributions as
--- lists. `print(survey:summary())` shows them.
---@class totality.Survey
---@field name string
---@field record table what the core takes
local Survey = {}

--- A survey of one's own. The window needs: `nights` points and baseline; `continuous` cadence, segment_length and
--- segments; `cycle` (regular in phase) points and baseline. `name`, `window`, `magnitude` and `noise` are always
--- needed; the other fields have defaults that make no error. docs/surveys.md lists all.
---@param given table days and magnitudes throughout; `noise`: rows `{ magnitude, sigma, quoted error }`
---@return totality.Survey
function totality.survey(given) end

--- All fields with their values, one a line, and where the numbers are from.
---@return string
function Survey:summary() end

totality.surveys = {}

totality.synthetic = {}

---@class totality.SyntheticDataset
local SyntheticDataset = {}

--- A data set of synthetic curves.
---@param given table `size` (examples an epoch), `seed`; `population` (default
--- `totality.population.survey()`); how the systems are observed: `observations`, a list of tables with
--- `noise` (sigma in units of the maximum flux), `points`, `third_light` (each a number, or `{ a, b }` for
--- log-uniform between), `phases` ("regular" or "random") and `weight` (share of the examples; default 1); or
--- `surveys`, a table of weights by name (`{ asas3 = 1, kepler = 0.5 }`, as in `totality.surveys`) whose curves pass
--- through the same steps as real ones, period refinement included; or both; default
--- 100 regular phases at noise 0.02; `observations_per_system` (default 1): images made of each system, with other
--- noise, phases, third light and survey, half of them as in a mirror, and never close to each other; `width`,
--- `height` of the images (default 100) and their `style` ("area" or "marks", see curve:to_image;
--- default area);
--- `hidden_depth` (share of the images that don't tell how deep the curve is, as those of flux without a zero
--- point; default 0);
--- `minimum_amplitude` (curves that vary less, as a part of the maximum flux, are left out; default 0.1);
--- `point_limit` (of a continuous survey with more exposures only one in k is made, with the noise of the mean of k;
--- default 2048);
--- `threads` (default all processors)
---@return totality.SyntheticDataset
function totality.synthetic(given) end

--- Examples in an epoch.
---@return integer
function SyntheticDataset:size() end

--- The images and what is known about them.
---@param first integer number of the first example, from 1
---@param count integer
---@param epoch? integer nil: the fixed set
---@return totality.Tensor images count x 1 x height x width
---@return totality.Series light_left of the eclipsed star, as a part of the system's light
function SyntheticDataset:examples(first, count, epoch) end

--- The curves that the images of the same numbers were made from, for classifiers that look at points.
---@param first integer number of the first example, from 1
---@param count integer
---@param epoch? integer nil: the fixed set
---@return table[] examples of each `curve` (totality.LightCurve; without a survey phase 0 and 0.5 are the
--- conjunctions, star 1 behind at 0, and the flux is in units of that at phase 0.25; with one it has times, and
--- period and epoch as a catalogue gives them), `noise` (sigma of a point in the unit of the flux, with a survey at
--- the maximum), `parameters` (of the system, as `totality.contact` takes them)
---@return totality.Series light_left of the eclipsed star, as a part of the system's light
function SyntheticDataset:curves(first, count, epoch) end

--- A batch for the network: images and labels (1 total, 0 partial).
---@param first integer number of the first example, from 1
---@param count integer
---@param epoch? integer nil: the fixed set
---@return totality.Tensor images count x 1 x height x width
---@return totality.Tensor labels
function SyntheticDataset:batch(first, count, epoch) end

--- The fixed set in memory, to be used many times.
---@return totality.Dataset
function SyntheticDataset:to_memory() end

totality.system = {}

---@class totality.BinarySystem
---@field parameters table the options it was made from, defaults filled in
local BinarySystem = {}

--- A contact binary: both stars fill one common equipotential of the Roche model, on a circular,
--- synchronous orbit. At phase 0 star 1 is eclipsed, at phase 0.5 star 2.
--
-- Options: `mass_ratio` M2/M1 (0.001 to 1000), `fillout` (0 to 1), `inclination` (degrees), `t1`, `t2`
-- (effective temperatures, K, default 5800), `resolution` (cells along a quarter of a star's circumference,
-- default 10; the error falls with its square).
--
-- Light: `band` ("B", "V", "R", "I", "Kepler", "TESS", "ASAS_V", see `totality.passbands`; default "V") or
-- `wavelength` (nm); `spots` (a list of `{ star =, colatitude = 90, longitude =, radius =,
-- temperature_factor = }`, degrees; longitude 0 faces the companion); `third_light`, the share of all light at
-- phase 0.25 that is not the binary's (0 to below 1, default 0).
--
-- Surfaces: `reflection`, whether the stars heat each other (default false); for each star
-- `gravity_darkening_1`, `_2` (exponent of T^4 ~ g^beta) and `albedo_1`, `_2` (bolometric), by default 0.32 and
-- 0.5 below 7200 K (convective), 1 and 1 above (radiative); `limb_darkening_1`, `_2`, or `limb_darkening` for
-- both: a law, "linear", "logarithmic" (the default), "square_root" or "quadratic", with coefficients by
-- temperature and band from the table of Van Hamme, or `{ law = "linear", x =, y = }` with given ones.
-- `parameters` of the result shows what was taken.
---@param parameters table
---@return totality.BinarySystem
function totality.contact(parameters) end

--- A semi-detached binary: one star fills its Roche lobe, the other is smaller than its own.
--
-- Options: those of `totality.contact` but `fillout`; `lobe_filling` (1 or 2, default 2), and of the other
-- star either `radius` (of the sphere of the same volume, in units of the separation) or `potential` (in
-- the frame of star 1).
---@param parameters table
---@return totality.BinarySystem
function totality.semi_detached(parameters) end

--- A detached binary: both stars are smaller than their Roche lobes.
--
-- Options: those of `totality.contact` but `fillout`; for each star either `radius_1`, `radius_2` (of the
-- sphere of the same volume, in units of the separation) or `potential_1`, `potential_2` (both in the
-- frame of star 1).
---@param parameters table
---@return totality.BinarySystem
function totality.detached(parameters) end

--- The light curve without noise: flux at regular phases from -0.5 to 0.5 (both ends included) in units
--- of the flux at phase 0.25.
--
-- Options: `phases`, how many (default 101), or a list of phases; `exposure` in units of the period (0 to 0.5,
-- default 0): each flux is then the mean over an exposure that long, centred on its phase.
---@param given? table
---@return totality.LightCurve
function BinarySystem:light_curve(given) end

--- What a survey delivers of this star: `system:light_curve():observe(survey, ...)` with spots that change over the
--- years, and with the truth about the eclipses.
---@param survey totality.Survey
---@param given table the options of curve:observe for a survey; `later`: a list of systems that differ from this
--- one in their spots; the star turns from one into the next every `state_duration` days (default 500) and after
--- the last into the first
---@return totality.LightCurve curve `truth` as for curve:observe, and `total`, `light_left`, `duration` (as
--- system:totality says)
function BinarySystem:observe(survey, given) end

--- Ratio of the radii (of the spheres of the same volume) R2/R1 of two stars in contact. It depends on the
--- mass ratio and the fillout alone, which is why the radii of a total eclipse give the mass ratio.
---@param given { mass_ratio: number, fillout: number } mass_ratio 0.001 to 1000, fillout 0 to 1
---@return number
function totality.radius_ratio(given) end

--- A conjunction, of `system:totality`.
---@class totality.Conjunction
---@field phase number 0 or 0.5
---@field eclipsed_star integer the star behind
---@field light_left number its light in units of that of both stars
---@field clearance number least depth behind the other's limb in units of the separation, positive when total
---@field duration number of totality in phase, 0 when partial
---@field begins number? phase of the beginning of totality; nil when partial
---@field ends number? of its end
---@field depth number 1 - flux / flux at phase 0.25
local Conjunction = {}

--- Whether an eclipse is total, of `system:totality`.
---@class totality.Totality
---@field total boolean less than 1e-4 of the light of both stars comes from the one behind
---@field grazing boolean not total, but less than 1e-2
---@field light_left number the smaller of the two conjunctions
---@field eclipse "primary"|"secondary" where the deeper minimum is the one meant, or the other
---@field eclipsed_star integer
---@field duration number of totality in phase, 0 when partial
---@field amplitude number of the light curve, (maximum - minimum)/maximum; third light counts in it only
---@field conjunctions totality.Conjunction[] both, at phase 0 and 0.5
local Totality = {}

--- What is left of the eclipsed star at each conjunction.
---@return totality.Totality
function BinarySystem:totality() end

--- The light of star 1 and of star 2 that reaches the observer at an orbital phase, in units of the light of
--- both at phase 0.25: third light is left out.
---@param phase number
---@return number star_1
---@return number star_2
function BinarySystem:light_contributions(phase) end

--- Radial velocities of both stars, of `system:radial_velocities`.
---@class totality.RadialVelocities
---@field phase totality.Series
---@field velocity_1 totality.Series km/s, positive when receding, NaN while the star is completely hidden
---@field velocity_2 totality.Series
---@field k1 number semi-amplitude of the centre of mass, km/s
---@field k2 number
local RadialVelocities = {}

--- Radial velocities of both stars: means over what is seen of each, weighted by its light, so that the
--- stars' shapes, spots and eclipses (Rossiter-McLaughlin) are in them. The stars turn with the orbit.
--
-- Options: `period` (days) and `semi_major_axis` (of the relative orbit, solar radii), or instead of both
-- `k1`, `k2` (semi-amplitudes of the centres of mass, km/s; one is enough); `systemic_velocity` (km/s,
-- default 0); `phases`, how many (default 101) or a list.
---@param given table
---@return totality.RadialVelocities
function BinarySystem:radial_velocities(given) end

--- Sizes and shapes, in units of the separation, of `system:geometry`; a name ends in _1 or _2 for the star.
--
-- `volume`, `volume_radius` (of the sphere of that volume), `area`, `mean_radius` (of the sphere of that
-- area); from the star's centre `polar_radius` (to the pole), `side_radius` (along the orbit),
-- `back_radius` (away from the companion), `point_radius` (towards it; NaN in contact); `omega`, the
-- potential in the frame of star 1. With the heavier star at the origin: `x_l1`, `x_l2`, `omega_l1`,
-- `omega_l2`, and `x_neck`, where two stars in contact divide (NaN for separate stars).
---@class totality.Geometry
local Geometry = {}

--- Sizes and shapes of the stars.
---@return totality.Geometry
function BinarySystem:geometry() end

--- The surface of both stars, of `system:mesh`, as Series. Star 1 is at the origin, star 2 at x = 1, z the axis of
--- rotation.
--
-- `x`, `y`, `z` of each vertex; of each face `star` (1 or 2), `temperature` (effective, K, with spots), `intensity`
-- (along the normal, 1 where the system is brightest) and `area`; `corners`, four vertices (counted from 1,
-- counter-clockwise from outside) of each face in turn, two of them the same where a star ends on the x axis; and the
-- numbers `vertices` and `faces`.
---@class totality.Mesh
local Mesh = {}

--- The whole surface of both stars for drawing.
---@param given? { resolution: integer } `resolution`: cells along a quarter of a star's circumference (4 to
--- 512, default the system's)
---@return totality.Mesh
function BinarySystem:mesh(given) end

--- A picture of the system as the observer sees it: the axis of rotation points up, limb darkening, gravity
--- darkening and spots are seen, hidden parts are not. All phases have one scale and one brightness.
--
-- Options: `phase` (default 0.25), `width` and `height` (pixels, default 400 and 300, at most 8192), `gamma`
-- (default 2.2: a pixel is (intensity/largest)^(1/gamma), as a screen expects; with 1 the sum of all
-- pixels is proportional to the flux, third light aside).
---@param given? table
---@return table image totality.Image
function BinarySystem:picture(given) end

return totality
