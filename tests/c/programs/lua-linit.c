/* In the place of Lua's linit.c, which is there to be replaced: the standard libraries, and LuaSocket's parts that are
 * written in C, which a component cannot load when it runs. */

#define linit_c
#define LUA_LIB

#include "lprefix.h"

#include "lua.h"

#include "lauxlib.h"
#include "lualib.h"

int luaopen_socket_core(lua_State *);
int luaopen_mime_core(lua_State *);
int luaopen_socket_unix(lua_State *);

static const luaL_Reg loaded[] = {
    {LUA_GNAME, luaopen_base},
    {LUA_LOADLIBNAME, luaopen_package},
    {LUA_COLIBNAME, luaopen_coroutine},
    {LUA_TABLIBNAME, luaopen_table},
    {LUA_IOLIBNAME, luaopen_io},
    {LUA_OSLIBNAME, luaopen_os},
    {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math},
    {LUA_UTF8LIBNAME, luaopen_utf8},
    {LUA_DBLIBNAME, luaopen_debug},
    {NULL, NULL},
};

static const luaL_Reg preloaded[] = {
    {"socket.core", luaopen_socket_core},
    {"mime.core", luaopen_mime_core},
    {"socket.unix", luaopen_socket_unix},
    {NULL, NULL},
};

LUALIB_API void luaL_openlibs(lua_State *L)
{
    for (const luaL_Reg *library = loaded; library->func; library++) {
        luaL_requiref(L, library->name, library->func, 1);
        lua_pop(L, 1);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (const luaL_Reg *library = preloaded; library->func; library++) {
        lua_pushcfunction(L, library->func);
        lua_setfield(L, -2, library->name);
    }
    lua_pop(L, 1);
}
