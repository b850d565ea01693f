/* Surveys: the record of numbers made from a table, and observations of a star. */
#include "lua/binding.h"

#include <string.h>

#include "lua/survey.h"

#define CLASS "totality.SurveyRecord"

/* Where a field of the table goes. */
typedef struct field {
    const char *name;
    size_t offset;
} field;

#define FIELD(name) #name, offsetof(tot_survey, name)

static const field distributions[] = {
    {FIELD(points)},        {FIELD(baseline)},      {FIELD(season)},         {FIELD(revisit)},
    {FIELD(repeat)},        {FIELD(datasets)},      {FIELD(segments)},       {FIELD(segment_gap)},
    {FIELD(magnitude)},     {FIELD(third_light)},   {FIELD(noise_factor)},   {FIELD(outliers)},
    {FIELD(visit_offset)},  {FIELD(season_offset)}, {FIELD(segment_offset)}, {FIELD(segment_trend)},
    {FIELD(segment_scale)}, {FIELD(period_error)},  {FIELD(epoch_error)},
};

static const field numbers[] = {
    {FIELD(start)},
    {FIELD(exposure)},
    {FIELD(night)},
    {FIELD(hour_angle)},
    {FIELD(moon)},
    {FIELD(yearly_scatter)},
    {FIELD(exposure_spacing)},
    {FIELD(cadence)},
    {FIELD(segment_length)},
    {FIELD(pause)},
    {FIELD(lost_segments)},
    {FIELD(lost)},
    {FIELD(quoted_scatter)},
    {FIELD(tail)},
    {FIELD(outlier_size)},
    {FIELD(outlier_faint)},
    {FIELD(epoch_swapped)},
};

/* The numbers of the list on top of the stack; popped. Returns how many the list has. */
static size_t take_numbers(lua_State *L, const char *name, double *value, size_t room) {
    if (!lua_istable(L, -1))
        luaL_error(L, "survey: field '%s' must be a list of numbers", name);
    const size_t count = lua_rawlen(L, -1);
    for (size_t k = 0; k < count && k < room; k++) {
        if (lua_rawgeti(L, -1, (lua_Integer)k + 1) != LUA_TNUMBER)
            luaL_error(L, "survey: field '%s' must be a list of numbers", name);
        value[k] = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return count;
}

/* survey(table): all fields of tot_survey by their names: distributions as lists; `magnitudes`,
 * `sigma` and `quoted` as lists for the rows of the noise; window as a string. */
static int create(lua_State *L) {
    static const char *const windows[] = {"nights", "continuous", "cycle", NULL}; /* tot_window */
    static const char *const units[] = {"magnitude", "flux", "constant", NULL}; /* tot_noise_unit */
    tot_error error = {{0}};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    tot_survey *self = lua_newuserdatauv(L, sizeof *self, 0);
    memset(self, 0, sizeof *self);
    luaL_setmetatable(L, CLASS);
    lua_getfield(L, 1, "window");
    self->window = (tot_window)luaL_checkoption(L, -1, NULL, windows);
    lua_getfield(L, 1, "unit");
    self->unit = (tot_noise_unit)luaL_checkoption(L, -1, NULL, units);
    lua_getfield(L, 1, "exposures");
    self->exposures = totlua_check_size(L, -1);
    lua_settop(L, 2);
    for (size_t k = 0; k < sizeof distributions / sizeof *distributions; k++) {
        tot_quantiles *q = (tot_quantiles *)(void *)((char *)self + distributions[k].offset);
        lua_getfield(L, 1, distributions[k].name);
        q->count = take_numbers(L, distributions[k].name, q->value, TOT_QUANTILES_MAX);
    }
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        if (lua_getfield(L, 1, numbers[k].name) != LUA_TNUMBER)
            return luaL_error(L, "survey: field '%s' must be a number", numbers[k].name);
        *(double *)(void *)((char *)self + numbers[k].offset) = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    const field rows[] = {
        {"magnitudes", offsetof(tot_survey, row_magnitude)}, {FIELD(sigma)}, {FIELD(quoted)}};
    for (size_t k = 0; k < 3; k++) {
        lua_getfield(L, 1, rows[k].name);
        self->magnitudes =
            take_numbers(L, rows[k].name, (double *)(void *)((char *)self + rows[k].offset),
                         TOT_SURVEY_MAGNITUDES);
    }
    const tot_status status = tot_survey_check(self, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

const tot_survey *totlua_check_survey(lua_State *L, int index) {
    return luaL_checkudata(L, index, CLASS);
}

static double number_field(lua_State *L, int index, const char *name) {
    lua_getfield(L, index, name);
    const double value = luaL_checknumber(L, -1);
    lua_pop(L, 1);
    return value;
}

static void push_first(lua_State *L, const double *from, size_t count) {
    if (count > 0)
        memcpy(totlua_new_series(L, count)->data, from, count * sizeof *from);
    else
        totlua_new_series(L, 0);
}

/* observe_survey(survey, flux, target, limit, rng): flux is a series of target.states curves, one
 * after the other; target has the fields of tot_target, all numbers (mirrored is 0 or 1, magnitude
 * may be NaN). Returns the series time, flux, error and segment, and a table of what was drawn. */
static int observe(lua_State *L) {
    tot_error error = {{0}};
    const tot_survey *survey = totlua_check_survey(L, 1);
    const totlua_series *flux = totlua_check_series(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    const size_t limit = totlua_check_size(L, 4);
    tot_rng *rng = totlua_check_rng(L, 5);
    const size_t states = (size_t)number_field(L, 3, "states");
    luaL_argcheck(L, states >= 1 && flux->count % states == 0, 2, "curves of different lengths");
    const tot_target target = {.flux = flux->data,
                               .states = states,
                               .count = flux->count / states,
                               .first_phase = number_field(L, 3, "first_phase"),
                               .state_duration = number_field(L, 3, "state_duration"),
                               .mirrored = number_field(L, 3, "mirrored") != 0,
                               .period = number_field(L, 3, "period"),
                               .period_change = number_field(L, 3, "period_change"),
                               .light_time = number_field(L, 3, "light_time"),
                               .outer_period = number_field(L, 3, "outer_period"),
                               .third_light = number_field(L, 3, "third_light"),
                               .magnitude = number_field(L, 3, "magnitude"),
                               .minimum_amplitude = number_field(L, 3, "minimum_amplitude")};
    const size_t capacity = tot_survey_capacity(survey, limit);
    tot_observation seen = {.time = totlua_new_series(L, capacity)->data,
                            .flux = totlua_new_series(L, capacity)->data,
                            .error = totlua_new_series(L, capacity)->data,
                            .segment = totlua_new_series(L, capacity)->data};
    const tot_status status = tot_survey_observe(survey, &target, limit, rng, &seen, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    push_first(L, seen.time, seen.count);
    push_first(L, seen.flux, seen.count);
    push_first(L, seen.error, seen.count);
    push_first(L, seen.segment, seen.count);
    const struct {
        const char *name;
        double value;
    } drawn[] = {
        {"magnitude", seen.magnitude},
        {"third_light", seen.third_light},
        {"noise", seen.noise},
        {"epoch", seen.epoch},
        {"catalogue_period", seen.catalogue_period},
        {"catalogue_epoch", seen.catalogue_epoch},
        {"outliers", (double)seen.outliers},
    };
    lua_newtable(L);
    for (size_t k = 0; k < sizeof drawn / sizeof *drawn; k++) {
        lua_pushnumber(L, drawn[k].value);
        lua_setfield(L, -2, drawn[k].name);
    }
    return 5;
}

static const luaL_Reg functions[] = {{"survey", create}, {"observe_survey", observe}, {NULL, NULL}};

void totlua_open_survey(lua_State *L) {
    totlua_new_class(L, CLASS, (const luaL_Reg[]){{NULL, NULL}}, NULL);
    luaL_setfuncs(L, functions, 0);
}
