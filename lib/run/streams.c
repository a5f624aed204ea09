/* streams.c -- the standard streams that a tool starts with. */
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"

void
sk_streams_keep(void)
{
	bool output_closed = fcntl(STDOUT_FILENO, F_GETFD) == -1;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			exit(SK_EXIT_TROUBLE);
	if (output_closed)
		sk_die("standard output: %s", strerror(EBADF));
}
