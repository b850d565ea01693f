/* What other files of the binding may ask of a totality.System. */
#ifndef TOT_LUA_SYSTEM_H
#define TOT_LUA_SYSTEM_H

#include "lua/binding.h"

#include "binary/system.h"

/* The parameters of argument `index`; they live as long as the object. */
const tot_binary *totlua_check_binary(lua_State *L, int index);

/* The model, built when it is first asked for. */
const tot_system *totlua_build_system(lua_State *L, int index);

#endif
