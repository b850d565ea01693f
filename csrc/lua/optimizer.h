/* totality.Optimizer of the core, for the files that train with one. */
#ifndef TOT_LUA_OPTIMIZER_H
#define TOT_LUA_OPTIMIZER_H

#include "lua/binding.h"
#include "nn/optimizer.h"

tot_optimizer *totlua_check_optimizer(lua_State *L, int index);

#endif
