/* How well each of many model curves explains what was observed. */
#include "lua/binding.h"

#include "inference/likelihood.h"
#include "inference/summary.h"
#include "lua/system.h"

static double get_number(lua_State *L, int index, const char *name) {
    lua_getfield(L, index, name);
    const double value = luaL_checknumber(L, -1);
    lua_pop(L, 1);
    return value;
}

static bool get_boolean(lua_State *L, int index, const char *name) {
    lua_getfield(L, index, name);
    const bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

static const totlua_series *get_series(lua_State *L, int index, const char *name) {
    lua_getfield(L, index, name);
    const totlua_series *series = totlua_check_series(L, -1);
    lua_pop(L, 1); /* the table keeps it alive */
    return series;
}

/* A matrix, the first argument. */
static const totlua_tensor *check_matrix(lua_State *L, int index) {
    const totlua_tensor *matrix = totlua_check_tensor(L, index);
    luaL_argcheck(L, matrix->rank == 2, index, "a tensor of two dimensions expected");
    return matrix;
}

/* log_likelihood(flux, observations, options, threads): flux a tensor (curves x phases),
 * observations a list of { phase =, flux =, weight =, of series, independent =, least_variance = },
 * options a table with the fields of tot_likelihood (spot_curves, a tensor, and spot_share may be
 * missing). A tensor, observations x curves. */
static int log_likelihood(lua_State *L) {
    tot_error error = {{0}};
    const totlua_tensor *flux = check_matrix(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    luaL_checktype(L, 3, LUA_TTABLE);
    const size_t count = lua_rawlen(L, 2), threads = totlua_check_size(L, 4);
    const tot_bank bank = {flux->shape[0], flux->shape[1], flux->data};
    lua_getfield(L, 3, "spot_curves"); /* the table keeps it alive */
    const totlua_tensor *spots = lua_isnil(L, -1) ? NULL : check_matrix(L, lua_gettop(L));
    luaL_argcheck(L, spots == NULL || spots->shape[1] == bank.phases, 3,
                  "spot curves with the phases of the bank expected");
    lua_pop(L, 1);
    const tot_likelihood options = {
        .shifts = (size_t)get_number(L, 3, "shifts"),
        .shift_step = get_number(L, 3, "shift_step"),
        .phase_error = get_number(L, 3, "phase_error"),
        .both_minima = get_boolean(L, 3, "both_minima"),
        .third_light_share = get_number(L, 3, "third_light_share"),
        .third_light_scale = get_number(L, 3, "third_light_scale"),
        .third_light_maximum = get_number(L, 3, "third_light_maximum"),
        .noise_known = get_boolean(L, 3, "noise_known"),
        .exposure = get_number(L, 3, "exposure"),
        .spot_share = spots == NULL ? 0.0 : get_number(L, 3, "spot_share"),
        .spots = spots == NULL ? (tot_spot_curves){0}
                               : (tot_spot_curves){spots->shape[0], spots->shape[1], spots->data},
    };
    tot_observation *observations = lua_newuserdatauv(L, (count + 1) * sizeof *observations, 0);
    for (size_t k = 0; k < count; k++) {
        lua_rawgeti(L, 2, (lua_Integer)k + 1);
        const int table = lua_gettop(L);
        luaL_checktype(L, table, LUA_TTABLE);
        const totlua_series *phase = get_series(L, table, "phase");
        const totlua_series *y = get_series(L, table, "flux");
        const totlua_series *weight = get_series(L, table, "weight");
        luaL_argcheck(L, phase->count == y->count && phase->count == weight->count, 2,
                      "series of different lengths");
        observations[k] = (tot_observation){y->count,
                                            phase->data,
                                            y->data,
                                            weight->data,
                                            get_number(L, table, "independent"),
                                            get_number(L, table, "least_variance")};
        lua_pop(L, 1);
    }
    const size_t shape[] = {count, bank.count};
    totlua_tensor *result = totlua_new_tensor(L, 2, shape);
    const tot_status status =
        tot_log_likelihood(&bank, observations, count, &options, threads, result->data, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

/* posterior_weights(log_likelihood, row, least_size): the weights of the curves for that
 * observation, a series of sum 1, and a table with effective_size, power and largest (log
 * likelihood) */
static int posterior_weights(lua_State *L) {
    tot_error error = {{0}};
    tot_weighting weighting;
    const totlua_tensor *values = check_matrix(L, 1);
    const size_t row = totlua_check_size(L, 2), count = values->shape[1];
    const double least_size = luaL_checknumber(L, 3);
    luaL_argcheck(L, row >= 1 && row <= values->shape[0], 2, "row out of range");
    const float *log_likelihood = values->data + (row - 1) * count;
    totlua_series *weight = totlua_new_series(L, count);
    const tot_status status =
        tot_weights(log_likelihood, count, least_size, weight->data, &weighting, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_createtable(L, 0, 3);
    totlua_set_number(L, "effective_size", weighting.effective_size);
    totlua_set_number(L, "power", weighting.power);
    totlua_set_number(L, "largest", weighting.largest);
    return 2;
}

/* heavy_rows(weights, values): the weights that count, a series, and their rows of the matrix */
static int heavy_rows(lua_State *L) {
    const totlua_series *weight = totlua_check_series(L, 1);
    const totlua_tensor *values = check_matrix(L, 2);
    const size_t columns = values->shape[1], count = weight->count;
    luaL_argcheck(L, values->shape[0] == count, 2, "a row a weight expected");
    const size_t heavy = tot_heavy_rows(weight->data, values->data, columns, count, NULL, NULL);
    const size_t shape[] = {heavy, columns};
    totlua_series *heavy_weight = totlua_new_series(L, heavy);
    totlua_tensor *heavy_values = totlua_new_tensor(L, 2, shape);
    tot_heavy_rows(weight->data, values->data, columns, count, heavy_weight->data,
                   heavy_values->data);
    return 2;
}

/* Arguments 1 to 3: weights, a matrix with a row each, and the number of a column of it. */
static const float *check_column(lua_State *L, const totlua_series **weight, size_t *stride) {
    *weight = totlua_check_series(L, 1);
    const totlua_tensor *values = check_matrix(L, 2);
    const size_t column = totlua_check_size(L, 3);
    *stride = values->shape[1];
    luaL_argcheck(L, values->shape[0] == (*weight)->count, 2, "a row a weight expected");
    luaL_argcheck(L, column >= 1 && column <= *stride, 3, "column out of range");
    return values->data + column - 1;
}

/* weighted_quantiles(weights, values, column, levels): a series, as levels is */
static int weighted_quantiles(lua_State *L) {
    const totlua_series *weight;
    size_t stride;
    const float *values = check_column(L, &weight, &stride);
    const totlua_series *levels = totlua_check_series(L, 4);
    totlua_series *quantiles = totlua_new_series(L, levels->count);
    tot_weighted_quantiles(weight->data, values, stride, weight->count, levels->data, levels->count,
                           quantiles->data);
    return 1;
}

/* weight_below(weights, values, column, limit) */
static int weight_below(lua_State *L) {
    const totlua_series *weight;
    size_t stride;
    const float *values = check_column(L, &weight, &stride);
    lua_pushnumber(
        L, tot_weight_below(weight->data, values, stride, weight->count, luaL_checknumber(L, 4)));
    return 1;
}

static const luaL_Reg functions[] = {
    {"log_likelihood", log_likelihood}, {"posterior_weights", posterior_weights},
    {"heavy_rows", heavy_rows},         {"weighted_quantiles", weighted_quantiles},
    {"weight_below", weight_below},     {NULL, NULL}};

void totlua_open_inference(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
