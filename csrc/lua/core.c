/* luaopen_totality_core: the module "totality.core", which only the Lua layer requires. */
#include "lua/binding.h"

#include <stdint.h>

#include "base/parallel.h"

static int processor_count(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)tot_processor_count());
    return 1;
}

static const luaL_Reg functions[] = {{"processor_count", processor_count}, {NULL, NULL}};

/* clang-format off */
static void (*const openers[])(lua_State *) = {
    totlua_open_bytes,
    totlua_open_gather,
    totlua_open_inference,
    totlua_open_models,
    totlua_open_network,
    totlua_open_optimizer,
    totlua_open_rng,
    totlua_open_safetensors,
    totlua_open_series,
    totlua_open_tensor,
    totlua_open_system,
    totlua_open_system_views,
    totlua_open_synthesis,
    totlua_open_survey,
    totlua_open_curve,
    totlua_open_image,
    totlua_open_files,
    totlua_open_terminal,
};
/* clang-format on */

void totlua_new_class(lua_State *L, const char *name, const luaL_Reg *methods,
                      const luaL_Reg *metamethods) {
    luaL_newmetatable(L, name);
    if (metamethods != NULL)
        luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

static int index_object(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING)
        return lua_tocfunction(L, lua_upvalueindex(2))(L);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
}

void totlua_new_indexed_class(lua_State *L, const char *name, const luaL_Reg *methods,
                              const luaL_Reg *metamethods, lua_CFunction get) {
    totlua_new_class(L, name, methods, metamethods);
    luaL_getmetatable(L, name);
    lua_getfield(L, -1, "__index");
    lua_pushcfunction(L, get);
    lua_pushcclosure(L, index_object, 2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

size_t totlua_check_place(lua_State *L, size_t count, const char *what) {
    const lua_Integer index = luaL_checkinteger(L, 2);
    if (index < 1 || (size_t)index > count)
        luaL_error(L, "index %I out of range, the %s has %I elements", index, what,
                   (lua_Integer)count);
    return (size_t)index - 1;
}

int totlua_failure(lua_State *L, tot_status status, const tot_error *error) {
    if (status == TOT_ERROR_IO || status == TOT_ERROR_FORMAT) {
        luaL_pushfail(L);
        lua_pushstring(L, error->message);
        return 2;
    }
    if (status == TOT_ERROR_MEMORY && error->message[0] == '\0')
        return luaL_error(L, "not enough memory");
    return luaL_error(L, "%s", error->message);
}

void totlua_set_number(lua_State *L, const char *name, double value) {
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
}

size_t totlua_check_size(lua_State *L, int index) {
    const lua_Integer value = luaL_checkinteger(L, index);
    luaL_argcheck(L, value >= 0 && value <= (INT64_C(1) << 53), index, "size out of range");
    return (size_t)value;
}

__attribute__((visibility("default"))) int luaopen_totality_core(lua_State *L);

int luaopen_totality_core(lua_State *L) {
    luaL_checkversion(L);
    luaL_newlib(L, functions);
    for (size_t k = 0; k < sizeof openers / sizeof *openers; k++)
        openers[k](L);
    return 1;
}
