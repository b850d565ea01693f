/* The verbs of a light curve, on Series. */
#include "lua/binding.h"
#include "lua/folding.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "curve/baseline.h"
#include "curve/bin.h"
#include "curve/clean.h"
#include "curve/fold.h"
#include "curve/heliocentric.h"
#include "curve/observe.h"
#include "curve/observed.h"
#include "curve/photometry.h"
#include "curve/shape.h"
#include "curve/period.h"
#include "curve/period_search.h"
#include "curve/robust.h"

/* Argument `index`, a Series as long as the one before it. */
static totlua_series *check_companion(lua_State *L, int index, const totlua_series *first) {
    totlua_series *self = totlua_check_series(L, index);
    luaL_argcheck(L, self->count == first->count, index, "series of different lengths");
    return self;
}

/* first_not_finite(series): 1-based index, or nil */
static int first_not_finite(lua_State *L) {
    const totlua_series *series = totlua_check_series(L, 1);
    for (size_t k = 0; k < series->count; k++)
        if (!isfinite(series->data[k])) {
            lua_pushinteger(L, (lua_Integer)k + 1);
            return 1;
        }
    luaL_pushfail(L);
    return 1;
}

/* select(series, indices): the elements of these 1-based indices (a Series) */
static int select_elements(lua_State *L) {
    const totlua_series *series = totlua_check_series(L, 1);
    const totlua_series *indices = totlua_check_series(L, 2);
    totlua_series *chosen = totlua_new_series(L, indices->count);
    for (size_t k = 0; k < indices->count; k++) {
        const double index = indices->data[k];
        luaL_argcheck(L, index >= 1.0 && index <= (double)series->count, 2, "index out of range");
        chosen->data[k] = series->data[(size_t)index - 1];
    }
    return 1;
}

/* rescale(series, zero, one): (x - zero) / (one - zero) */
static int rescale(lua_State *L) {
    const totlua_series *series = totlua_check_series(L, 1);
    const double zero = luaL_checknumber(L, 2), unit = luaL_checknumber(L, 3) - zero;
    totlua_series *scaled = totlua_new_series(L, series->count);
    for (size_t k = 0; k < series->count; k++)
        scaled->data[k] = (series->data[k] - zero) / unit;
    return 1;
}

/* fold(time, period, epoch): phases */
static int fold(lua_State *L) {
    const totlua_series *time = totlua_check_series(L, 1);
    const double period = luaL_checknumber(L, 2), epoch = luaL_checknumber(L, 3);
    totlua_series *phase = totlua_new_series(L, time->count);
    tot_error error;
    const tot_status status = tot_fold(time->data, time->count, period, epoch, phase->data, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

static void set_refined(lua_State *L, const tot_refined_period *refined) {
    totlua_set_number(L, "period", refined->period);
    totlua_set_number(L, "period_error", refined->period_err);
    totlua_set_number(L, "drift", refined->drift);
    totlua_set_number(L, "improvement", refined->improvement);
    totlua_set_number(L, "scatter", refined->scatter);
}

/* refine_period(time, flux, period, drift, harmonics): what was found, a table; or nil, message */
static int refine_period(lua_State *L) {
    const totlua_series *time = totlua_check_series(L, 1), *flux = totlua_check_series(L, 2);
    const tot_period_search search = {luaL_checknumber(L, 3), luaL_checknumber(L, 4),
                                      totlua_check_size(L, 5)};
    tot_refined_period refined;
    tot_error error = {{0}};
    luaL_argcheck(L, flux->count == time->count, 2, "series of different lengths");
    const tot_status status =
        tot_refine_period(time->data, flux->data, time->count, &search, &refined, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_createtable(L, 0, 5);
    set_refined(L, &refined);
    return 1;
}

/* find_period(time, flux, minimum, maximum, harmonics): what was found, a table; or nil, message */
static int find_period(lua_State *L) {
    const totlua_series *time = totlua_check_series(L, 1), *flux = check_companion(L, 2, time);
    const tot_period_range range = {luaL_checknumber(L, 3), luaL_checknumber(L, 4),
                                    totlua_check_size(L, 5)};
    tot_found_period found;
    tot_error error;
    const tot_status status =
        tot_find_period(time->data, flux->data, time->count, &range, &found, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_createtable(L, 0, 10);
    set_refined(L, &found.refined);
    totlua_set_number(L, "power", found.power);
    totlua_set_number(L, "false_alarm", found.false_alarm);
    totlua_set_number(L, "alternative", found.alternative);
    totlua_set_number(L, "margin", found.margin);
    totlua_set_number(L, "minima_differ", found.minima_differ);
    return 1;
}

static void set_baseline(lua_State *L, const tot_baseline *baseline) {
    totlua_set_number(L, "segments", (double)baseline->segments);
    totlua_set_number(L, "knots", (double)baseline->knots);
    totlua_set_number(L, "offset_spread", baseline->offset_spread);
    totlua_set_number(L, "amplitude_spread", baseline->amplitude_spread);
    totlua_set_number(L, "scatter", baseline->scatter);
}

void totlua_push_folding(lua_State *L, const tot_folding *folding) {
    lua_createtable(L, 0, 7);
    totlua_set_number(L, "period", folding->period);
    totlua_set_number(L, "period_error", folding->period_err);
    totlua_set_number(L, "epoch", folding->epoch);
    totlua_set_number(L, "drift", folding->drift);
    totlua_set_number(L, "smear", folding->smear);
    totlua_set_number(L, "improvement", folding->improvement);
    lua_createtable(L, 0, 5);
    set_baseline(L, &folding->baseline);
    lua_setfield(L, -2, "baseline");
}

/* fold_observed(time, flux, segment or nil, period, epoch, drift, baseline): phase, flux, what was
 * done (a table); or nil, message */
static int fold_observed(lua_State *L) {
    const totlua_series *time = totlua_check_series(L, 1), *flux = check_companion(L, 2, time);
    const totlua_series *segment = lua_isnoneornil(L, 3) ? NULL : check_companion(L, 3, time);
    const tot_observed observed = {time->data, flux->data, segment == NULL ? NULL : segment->data,
                                   time->count};
    const tot_folding_options options = {luaL_checknumber(L, 4), luaL_checknumber(L, 5),
                                         luaL_checknumber(L, 6), !lua_toboolean(L, 7)};
    totlua_series *phase = totlua_new_series(L, time->count);
    totlua_series *folded = totlua_new_series(L, time->count);
    tot_folding folding;
    tot_error error;
    const tot_status status =
        tot_fold_observed(&observed, &options, phase->data, folded->data, &folding, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    totlua_push_folding(L, &folding);
    return 3;
}

/* remove_baseline(time, flux, segment or nil, period, spacing, harmonics): flux, what was found (a
 * table); or nil, message */
static int remove_baseline(lua_State *L) {
    const totlua_series *time = totlua_check_series(L, 1), *flux = check_companion(L, 2, time);
    const totlua_series *segment = lua_isnoneornil(L, 3) ? NULL : check_companion(L, 3, time);
    const tot_observed observed = {time->data, flux->data, segment == NULL ? NULL : segment->data,
                                   time->count};
    const tot_baseline_options options = {luaL_checknumber(L, 4), luaL_checknumber(L, 5),
                                          totlua_check_size(L, 6)};
    totlua_series *corrected = totlua_new_series(L, time->count);
    tot_baseline baseline;
    tot_error error;
    const tot_status status =
        tot_remove_baseline(&observed, &options, corrected->data, &baseline, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_createtable(L, 0, 5);
    set_baseline(L, &baseline);
    return 2;
}

/* shift_phase(phase, shift): phase - shift, wrapped */
static int shift_phase(lua_State *L) {
    const totlua_series *phase = totlua_check_series(L, 1);
    const double shift = luaL_checknumber(L, 2);
    totlua_series *shifted = totlua_new_series(L, phase->count);
    for (size_t k = 0; k < phase->count; k++)
        shifted->data[k] = tot_wrap_phase(phase->data[k] - shift);
    return 1;
}

/* keep_indices(phase, flux, sigma_lower, sigma_upper): 1-based indices of the points that are no
 * outliers, a Series; or nil, message */
static int keep_indices(lua_State *L) {
    const totlua_series *phase = totlua_check_series(L, 1);
    const totlua_series *flux = check_companion(L, 2, phase);
    const double lower = luaL_checknumber(L, 3), upper = luaL_checknumber(L, 4);
    bool *keep = lua_newuserdatauv(L, phase->count * sizeof *keep + 1, 0);
    size_t outliers;
    tot_error error;
    const tot_status status = tot_remove_outliers(phase->data, flux->data, phase->count, lower,
                                                  upper, keep, &outliers, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    totlua_series *indices = totlua_new_series(L, phase->count - outliers);
    for (size_t k = 0, used = 0; k < phase->count; k++)
        if (keep[k])
            indices->data[used++] = (double)k + 1.0;
    return 1;
}

/* point_weights(phase, flux): how much each point counts, a Series; or nil, message */
static int point_weights(lua_State *L) {
    const totlua_series *phase = totlua_check_series(L, 1);
    const totlua_series *flux = check_companion(L, 2, phase);
    totlua_series *weight = totlua_new_series(L, phase->count);
    tot_error error;
    const tot_status status =
        tot_weigh_points(phase->data, flux->data, phase->count, weight->data, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

/* shape(phase, flux): primary_phase, top, bottom, noise, error of the phase; or nil, message */
static int shape(lua_State *L) {
    const totlua_series *phase = totlua_check_series(L, 1);
    const totlua_series *flux = check_companion(L, 2, phase);
    tot_shape found;
    double noise;
    tot_error error;
    const tot_status status =
        tot_shape_measure(phase->data, flux->data, phase->count, &found, &noise, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushnumber(L, found.primary_phase);
    lua_pushnumber(L, tot_shape_top(&found));
    lua_pushnumber(L, tot_shape_bottom(&found));
    lua_pushnumber(L, noise);
    lua_pushnumber(L, found.primary_phase_err);
    return 5;
}

static const char *const statistics[] = {"mean", "median", NULL}; /* as tot_statistic */

/* bin(phase, flux, bins, statistic): phase (of the centre), value, scatter, count of the bins that
 * hold a point, four Series */
static int bin(lua_State *L) {
    const totlua_series *phase = totlua_check_series(L, 1);
    const totlua_series *flux = check_companion(L, 2, phase);
    const size_t size = totlua_check_size(L, 3);
    const tot_statistic statistic = (tot_statistic)luaL_checkoption(L, 4, "mean", statistics);
    luaL_argcheck(L, size >= 1 && size <= INT32_MAX, 3, "number of bins out of range");
    const tot_bins bins = {size, totlua_new_series(L, size)->data, totlua_new_series(L, size)->data,
                           lua_newuserdatauv(L, size * sizeof(size_t), 0)};
    tot_error error;
    const tot_status status =
        tot_bin(phase->data, flux->data, phase->count, statistic, &bins, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    size_t filled = 0;
    for (size_t k = 0; k < size; k++)
        filled += bins.count[k] > 0;
    double *column[4];
    for (size_t k = 0; k < 4; k++)
        column[k] = totlua_new_series(L, filled)->data;
    for (size_t k = 0, j = 0; k < size; k++) {
        if (bins.count[k] == 0)
            continue;
        column[0][j] = tot_wrap_phase(TOT_BIN_START + ((double)k + 0.5) / (double)size);
        column[1][j] = bins.value[k];
        column[2][j] = bins.scatter[k];
        column[3][j++] = (double)bins.count[k];
    }
    return 4;
}

/* observe(flux, first_phase, points, sampling, offset, noise, rng or nil): phase, flux */
static int observe(lua_State *L) {
    static const char *const samplings[] = {"regular", "random", NULL}; /* as tot_sampling */
    const totlua_series *curve = totlua_check_series(L, 1);
    const double first_phase = luaL_checknumber(L, 2);
    const size_t points = totlua_check_size(L, 3);
    const tot_sampling sampling = (tot_sampling)luaL_checkoption(L, 4, NULL, samplings);
    const double offset = luaL_checknumber(L, 5), noise = luaL_checknumber(L, 6);
    tot_rng *rng = lua_isnoneornil(L, 7) ? NULL : totlua_check_rng(L, 7);
    totlua_series *phase = totlua_new_series(L, points), *flux = totlua_new_series(L, points);
    tot_error error;
    const tot_status status = tot_observe(curve->data, curve->count, first_phase, points, sampling,
                                          offset, noise, rng, phase->data, flux->data, &error);
    return status == TOT_OK ? 2 : totlua_failure(L, status, &error);
}

/* magnitude_to_flux(magnitude, error or nil): flux, its error or nil; or nil, message */
static int magnitude_to_flux(lua_State *L) {
    const totlua_series *magnitude = totlua_check_series(L, 1);
    const totlua_series *errors = lua_isnoneornil(L, 2) ? NULL : check_companion(L, 2, magnitude);
    totlua_series *flux = totlua_new_series(L, magnitude->count), *flux_error = NULL;
    if (errors == NULL)
        lua_pushnil(L);
    else
        flux_error = totlua_new_series(L, magnitude->count);
    tot_error error;
    const tot_status status = tot_magnitude_to_flux(
        magnitude->data, errors == NULL ? NULL : errors->data, magnitude->count, flux->data,
        flux_error == NULL ? NULL : flux_error->data, &error);
    return status == TOT_OK ? 2 : totlua_failure(L, status, &error);
}

/* median(series): NaN for an empty one */
static int median(lua_State *L) {
    const totlua_series *series = totlua_check_series(L, 1);
    totlua_series *scratch = totlua_new_series(L, series->count);
    memcpy(scratch->data, series->data, series->count * sizeof(double));
    lua_pushnumber(L, tot_median(scratch->data, series->count));
    return 1;
}

/* heliocentric(time, zero, ra, dec): HJD of the Julian dates (UTC) time + zero */
static int heliocentric(lua_State *L) {
    const totlua_series *time = totlua_check_series(L, 1);
    const double zero = luaL_checknumber(L, 2);
    const double ra = luaL_checknumber(L, 3), dec = luaL_checknumber(L, 4);
    totlua_series *corrected = totlua_new_series(L, time->count);
    for (size_t k = 0; k < time->count; k++) {
        const double date = time->data[k] + zero;
        corrected->data[k] = date + tot_heliocentric_correction(date, ra, dec);
    }
    return 1;
}

static const luaL_Reg functions[] = {{"first_not_finite", first_not_finite},
                                     {"select", select_elements},
                                     {"rescale", rescale},
                                     {"fold", fold},
                                     {"refine_period", refine_period},
                                     {"find_period", find_period},
                                     {"fold_observed", fold_observed},
                                     {"remove_baseline", remove_baseline},
                                     {"shift_phase", shift_phase},
                                     {"keep_indices", keep_indices},
                                     {"point_weights", point_weights},
                                     {"shape", shape},
                                     {"bin", bin},
                                     {"observe", observe},
                                     {"magnitude_to_flux", magnitude_to_flux},
                                     {"median", median},
                                     {"heliocentric", heliocentric},
                                     {NULL, NULL}};

void totlua_open_curve(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
