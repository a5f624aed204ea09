/* seed.c -- from the system; where it has none to give, time and place must do. */
#include "seed.h"

#include <fcntl.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

uint64_t
sk_seed_draw(void)
{
	struct timespec now = { 0, 0 };
	uint64_t seed = 0;
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	bool drawn = fd != -1 && read(fd, &seed, sizeof(seed)) == (ssize_t)sizeof(seed);

	if (fd != -1)
		close(fd);
	if (drawn)
		return seed;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec +
	    ((uint64_t)getpid() << 40) + (uint64_t)(uintptr_t)&now;
}
