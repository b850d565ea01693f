/* totality.Rng: a generator with its own state, seedable and splittable. */
#include "lua/binding.h"

#define CLASS "totality.Rng"

typedef struct rng_object {
    tot_rng rng; /* first, so that a pointer to the object is a pointer to the state */
    lua_Integer seed, stream;
} rng_object;

static rng_object *new_rng(lua_State *L, tot_rng rng, lua_Integer seed, lua_Integer stream) {
    rng_object *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (rng_object){rng, seed, stream};
    luaL_setmetatable(L, CLASS);
    return self;
}

tot_rng *totlua_check_rng(lua_State *L, int index) {
    return &((rng_object *)luaL_checkudata(L, index, CLASS))->rng;
}

/* rng(seed, stream) */
static int create(lua_State *L) {
    const lua_Integer seed = luaL_checkinteger(L, 1), stream = luaL_optinteger(L, 2, 0);
    new_rng(L, tot_rng_stream((uint64_t)seed, (uint64_t)stream), seed, stream);
    return 1;
}

static int split(lua_State *L) {
    const rng_object *parent = luaL_checkudata(L, 1, CLASS);
    new_rng(L, tot_rng_split(totlua_check_rng(L, 1)), parent->seed, -1);
    return 1;
}

static int uniform(lua_State *L) {
    tot_rng *rng = totlua_check_rng(L, 1);
    const double low = luaL_optnumber(L, 2, 0.0), high = luaL_optnumber(L, 3, 1.0);
    lua_pushnumber(L, low + (high - low) * tot_rng_uniform(rng));
    return 1;
}

static int normal(lua_State *L) {
    tot_rng *rng = totlua_check_rng(L, 1);
    const double mean = luaL_optnumber(L, 2, 0.0), deviation = luaL_optnumber(L, 3, 1.0);
    lua_pushnumber(L, mean + deviation * tot_rng_normal(rng));
    return 1;
}

static int beta(lua_State *L) {
    tot_rng *rng = totlua_check_rng(L, 1);
    const double a = luaL_checknumber(L, 2), b = luaL_checknumber(L, 3);
    luaL_argcheck(L, a > 0, 2, "must be positive");
    luaL_argcheck(L, b > 0, 3, "must be positive");
    lua_pushnumber(L, tot_rng_beta(rng, a, b));
    return 1;
}

static int integer(lua_State *L) {
    tot_rng *rng = totlua_check_rng(L, 1);
    const lua_Integer low = luaL_checkinteger(L, 2), high = luaL_checkinteger(L, 3);
    luaL_argcheck(L, low <= high, 3, "the upper bound lies below the lower one");
    const uint64_t count = (uint64_t)high - (uint64_t)low + 1;
    const uint64_t draw = count == 0 ? tot_rng_next(rng) : tot_rng_below(rng, count);
    lua_pushinteger(L, (lua_Integer)((uint64_t)low + draw));
    return 1;
}

static int to_string(lua_State *L) {
    const rng_object *self = luaL_checkudata(L, 1, CLASS);
    if (self->stream < 0)
        lua_pushfstring(L, "%s(xoshiro256**, split from seed %I)", CLASS, self->seed);
    else
        lua_pushfstring(L, "%s(xoshiro256**, seed %I, stream %I)", CLASS, self->seed, self->stream);
    return 1;
}

static const luaL_Reg methods[] = {{"split", split}, {"uniform", uniform}, {"normal", normal},
                                   {"beta", beta},   {"integer", integer}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__tostring", to_string}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"rng", create}, {NULL, NULL}};

void totlua_open_rng(lua_State *L) {
    totlua_new_class(L, CLASS, methods, metamethods);
    luaL_setfuncs(L, functions, 0);
}
