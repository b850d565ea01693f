--- Light curves of Kepler, K2 and TESS in FITS, also of other pipelines than the missions' own; see
-- csrc/io/fits_light_curve.h.

local core = require "totality.core"

local reader = { name = "fits" }

function reader.recognises(head) return head:find("^SIMPLE  =") ~= nil end

-- Fluxes with their errors, in the order of preference. Corrected by the missions' pipeline (also TESS-SPOC's),
-- QLP (KSPSAP until sector 55, then SYS_RM, DET: Huang et al. 2020, RNAAS 4, 204), K2SFF (FCOR), TASOC, eleanor,
-- EVEREST (FLUX).
local FLUXES = {
   pdcsap = {
      { "PDCSAP_FLUX", "PDCSAP_FLUX_ERR" }, { "KSPSAP_FLUX", "KSPSAP_FLUX_ERR" }, { "SYS_RM_FLUX", "DET_FLUX_ERR" },
      { "DET_FLUX", "DET_FLUX_ERR" }, { "FCOR", "FCOR_ERR" }, { "FLUX_CORR", "FLUX_CORR_ERR" },
      { "CORR_FLUX", "FLUX_ERR" }, { "FLUX", "FLUX_ERR" },
   },
   sap = {
      { "SAP_FLUX", "SAP_FLUX_ERR" }, { "FLUX_RAW", "FLUX_RAW_ERR" }, { "RAW_FLUX", "FLUX_ERR" },
      { "FRAW", "FRAW_ERR" },
   },
}

local TIMES = { "TIME", "T", "BJD" }
local QUALITIES = { "SAP_QUALITY", "QUALITY" }

local function request_of(given)
   local columns = given.columns
   if columns then
      local flux = columns.flux
      return { time = columns.time and { columns.time } or TIMES, flux = { flux },
         error = { columns.error or flux .. "_ERR" }, quality = QUALITIES }
   end
   local request = { time = TIMES, flux = {}, error = {}, quality = QUALITIES }
   for k, pair in ipairs(FLUXES[given.flux]) do request.flux[k], request.error[k] = pair[1], pair[2] end
   return request
end

function reader.read(file, given, path)
   local columns = given.columns
   for name, column in pairs(columns or {}) do
      if type(column) ~= "string" then
         return nil, ("%s: FITS columns go by name, '%s' is given as %s"):format(path, name, column)
      end
   end
   if columns and not columns.flux then
      return nil, path .. ": 'columns' names no flux, and magnitudes aren't read from FITS"
   end
   local request = request_of(given)
   if given.quality == "any" then request.quality = {} end
   local result, message = core.read_fits(file, request)
   if not result then return nil, message end
   if result.reference then
      result.time_system = result.scale and "BJD_" .. result.scale or "BJD"
      result.epoch_zero = result.reference
   end
   return result
end

return reader
