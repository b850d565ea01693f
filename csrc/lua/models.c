/* Model curves by the thousand: of banks and of training sets. */
#include "lua/binding.h"

#include <stdint.h>

#include "binary/model_curves.h"
#include "lua/system.h"

/* From make_models(stars, phases, minimum_amplitude, threads). */
typedef struct stars {
    size_t count, phases, threads;
    double minimum_amplitude;
    tot_model *models; /* in memory of Lua's, without flux */
} stars;

static stars read_stars(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    stars read = {.count = lua_rawlen(L, 1),
                  .phases = totlua_check_size(L, 2),
                  .minimum_amplitude = luaL_checknumber(L, 3),
                  .threads = totlua_check_size(L, 4)};
    lua_settop(L, 4);
    size_t states = 0;
    for (size_t k = 0; k < read.count; k++) {
        if (lua_rawgeti(L, 1, (lua_Integer)k + 1) != LUA_TTABLE || lua_rawlen(L, -1) == 0)
            luaL_error(L, "star %d: a list of systems expected", (int)k + 1);
        states += lua_rawlen(L, -1);
        lua_pop(L, 1);
    }
    const tot_binary **systems = lua_newuserdatauv(L, (states + 1) * sizeof *systems, 0);
    read.models = lua_newuserdatauv(L, (read.count + 1) * sizeof *read.models, 0);
    for (size_t k = 0, used = 0; k < read.count; k++) {
        lua_rawgeti(L, 1, (lua_Integer)k + 1);
        read.models[k] = (tot_model){.states = systems + used, .state_count = lua_rawlen(L, -1)};
        for (size_t j = 0; j < read.models[k].state_count; j++) {
            lua_rawgeti(L, -1, (lua_Integer)j + 1);
            systems[used++] = totlua_check_binary(L, -1); /* the list keeps it alive */
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    return read;
}

/* make_models(stars, phases, minimum_amplitude, threads): a list of lists of systems, the states of
 * each star. Returns a list of series (the curves of the states, one after the other), and a series
 * each of light_left (NaN below the amplitude), minimum and maximum. */
static int make_models(lua_State *L) {
    tot_error error = {{0}};
    const stars given = read_stars(L);
    lua_createtable(L, (int)given.count, 0);
    for (size_t k = 0; k < given.count; k++) {
        tot_model *model = &given.models[k];
        if (given.phases > SIZE_MAX / model->state_count)
            return luaL_error(L, "too many phases");
        model->flux = totlua_new_series(L, model->state_count * given.phases)->data;
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
    totlua_series *columns[3];
    for (size_t k = 0; k < 3; k++)
        columns[k] = totlua_new_series(L, given.count);
    const tot_status status = tot_make_models(given.models, given.count, given.phases,
                                              given.minimum_amplitude, given.threads, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    for (size_t k = 0; k < given.count; k++) {
        columns[0]->data[k] = given.models[k].light_left;
        columns[1]->data[k] = given.models[k].minimum;
        columns[2]->data[k] = given.models[k].maximum;
    }
    return 4;
}

static const luaL_Reg functions[] = {{"make_models", make_models}, {NULL, NULL}};

void totlua_open_models(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
