/* What a progress line needs from the system. */
#define _POSIX_C_SOURCE 200809L
#include "lua/binding.h"

#include <time.h>
#include <unistd.h>

/* True when standard error is a terminal. */
static int stderr_is_terminal(lua_State *L) {
    lua_pushboolean(L, isatty(STDERR_FILENO));
    return 1;
}

/* Seconds of a clock that only runs forward (os.clock counts the threads' work, not the time). */
static int monotonic_time(lua_State *L) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    lua_pushnumber(L, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
    return 1;
}

static const luaL_Reg functions[] = {
    {"stderr_is_terminal", stderr_is_terminal}, {"monotonic_time", monotonic_time}, {NULL, NULL}};

void totlua_open_terminal(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
