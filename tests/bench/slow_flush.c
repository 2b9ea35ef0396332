/* Makes a disk slow: each fdatasync waits SLOW_FLUSH_US microseconds before it does its work. PostgreSQL flushes its log with it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int fdatasync(int descriptor)
{
    static int (*real)(int) = NULL;
    const char *told = getenv("SLOW_FLUSH_US");
    long us = told ? atol(told) : 0;
    struct timespec pause = {us / 1000000, us % 1000000 * 1000};

    if (real == NULL)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    nanosleep(&pause, NULL);
    return real(descriptor);
}
