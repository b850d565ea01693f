/* totality.OptimizerState: the settings and moments of an optimizer for the parameters of a
 * network. */
#include "lua/optimizer.h"

#include <string.h>

#define CLASS "totality.OptimizerState"

tot_optimizer *totlua_check_optimizer(lua_State *L, int index) {
    return luaL_checkudata(L, index, CLASS);
}

static const char *const kind_names[] = {"sgd", "adam", "adamw", "muon", NULL};

/* Sets *to to the field `name` of the table at `index`, if it has one. */
static void take_number(lua_State *L, int index, const char *name, double *to) {
    lua_getfield(L, index, name);
    if (!lua_isnil(L, -1))
        *to = luaL_checknumber(L, -1);
    lua_pop(L, 1);
}

/* optimizer(kind, parameter count, { setting = number }), by the names of tot_optimizer */
static int create(lua_State *L) {
    const tot_optimizer_kind kind = (tot_optimizer_kind)luaL_checkoption(L, 1, NULL, kind_names);
    const size_t count = totlua_check_size(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    tot_optimizer *self = lua_newuserdatauv(L, sizeof *self, 0);
    tot_error error;
    *self = (tot_optimizer){.kind = kind};
    luaL_setmetatable(L, CLASS);
    const tot_status status = tot_optimizer_init(self, kind, count, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    take_number(L, 3, "learning_rate", &self->learning_rate);
    take_number(L, 3, "momentum", &self->momentum);
    take_number(L, 3, "beta_1", &self->beta_1);
    take_number(L, 3, "beta_2", &self->beta_2);
    take_number(L, 3, "adam_beta_1", &self->beta_1);
    take_number(L, 3, "adam_beta_2", &self->beta_2);
    take_number(L, 3, "epsilon", &self->epsilon);
    take_number(L, 3, "rms_rate", &self->rms_rate);
    take_number(L, 3, "weight_decay", &self->weight_decay);
    take_number(L, 3, "clipnorm", &self->clipnorm);
    take_number(L, 3, "global_clipnorm", &self->global_clipnorm);
    if (lua_getfield(L, 3, "ns_steps") != LUA_TNIL)
        self->ns_steps = totlua_check_size(L, -1);
    lua_getfield(L, 3, "nesterov");
    self->nesterov = lua_toboolean(L, -1);
    lua_pop(L, 2);
    return 1;
}

/* add_matrix(number of the first parameter, from 0, rows, columns), for muon */
static int add_matrix(lua_State *L) {
    tot_optimizer *self = totlua_check_optimizer(L, 1);
    tot_error error;
    const tot_status status = tot_optimizer_add_matrix(
        self, totlua_check_size(L, 2), totlua_check_size(L, 3), totlua_check_size(L, 4), &error);
    return status == TOT_OK ? 0 : totlua_failure(L, status, &error);
}

static int close(lua_State *L) {
    tot_optimizer_clear(totlua_check_optimizer(L, 1));
    return 0;
}

static int set_learning_rate(lua_State *L) {
    totlua_check_optimizer(L, 1)->learning_rate = luaL_checknumber(L, 2);
    return 0;
}

static int learning_rate(lua_State *L) {
    lua_pushnumber(L, totlua_check_optimizer(L, 1)->learning_rate);
    return 1;
}

/* Steps made so far. */
static int steps(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)totlua_check_optimizer(L, 1)->step);
    return 1;
}

static void push_moments(lua_State *L, const float *moments, size_t count) {
    if (moments == NULL) {
        lua_pushnil(L);
        return;
    }
    totlua_tensor *copy = totlua_new_tensor(L, 1, &count);
    memcpy(copy->data, moments, count * sizeof(float));
}

/* moments() -> first, second: copies; second is nil for sgd */
static int moments(lua_State *L) {
    const tot_optimizer *self = totlua_check_optimizer(L, 1);
    push_moments(L, self->first, self->count);
    push_moments(L, self->second, self->count);
    return 2;
}

static const totlua_tensor *check_moments(lua_State *L, int index, size_t count) {
    const totlua_tensor *values = totlua_check_tensor(L, index);
    luaL_argcheck(L, values->count == count, index, "moments of another network");
    return values;
}

/* restore(steps, learning rate, first [, second]) */
static int restore(lua_State *L) {
    tot_optimizer *self = totlua_check_optimizer(L, 1);
    const size_t step = totlua_check_size(L, 2), bytes = self->count * sizeof(float);
    const double rate = luaL_checknumber(L, 3);
    const totlua_tensor *first = check_moments(L, 4, self->count);
    if (self->second != NULL)
        memcpy(self->second, check_moments(L, 5, self->count)->data, bytes);
    memcpy(self->first, first->data, bytes);
    self->step = step;
    self->learning_rate = rate;
    return 0;
}

static int to_string(lua_State *L) {
    const tot_optimizer *self = totlua_check_optimizer(L, 1);
    lua_pushfstring(L, CLASS "(%s, learning_rate %f, %I steps)", kind_names[self->kind],
                    self->learning_rate, (lua_Integer)self->step);
    return 1;
}

static const luaL_Reg methods[] = {{"add_matrix", add_matrix},
                                   {"set_learning_rate", set_learning_rate},
                                   {"learning_rate", learning_rate},
                                   {"steps", steps},
                                   {"moments", moments},
                                   {"restore", restore},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", close}, {"__tostring", to_string}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"optimizer", create}, {NULL, NULL}};

void totlua_open_optimizer(lua_State *L) {
    totlua_new_class(L, CLASS, methods, metamethods);
    luaL_setfuncs(L, functions, 0);
}
