/* output.c -- answers out. */
#include "output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "progress.h"

void
sk_output_init(struct sk_output *output, int fd)
{
	output->fd = fd;
	output->name = "standard output";
	output->used = 0;
}

void
sk_output_die_unread(void)
{
	sigset_t pipe_only;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &pipe_only, NULL);
	raise(SIGPIPE);
	exit(SK_EXIT_TROUBLE);
}

static _Noreturn void
fail(const struct sk_output *output)
{
	if (errno == EPIPE)
		sk_output_die_unread();
	sk_die("%s: %s", output->name, strerror(errno));
}

static void
write_all(const struct sk_output *output, const char *bytes, size_t size)
{
	if (size > 0)
		sk_progress_yield(output->fd);
	while (size > 0) {
		ssize_t written = write(output->fd, bytes, size);

		if (written == -1 && errno == EINTR)
			continue;
		if (written == -1)
			fail(output);
		bytes += written;
		size -= (size_t)written;
	}
}

void
sk_output_flush(struct sk_output *output)
{
	size_t size = output->used;

	output->used = 0;
	write_all(output, output->buffer, size);
}

void
sk_output_close(struct sk_output *output)
{
	sk_output_flush(output);
	if (close(output->fd) == -1 && errno != EINTR)
		fail(output);
}

void
sk_output_bytes(struct sk_output *output, struct sk_span bytes)
{
	if (bytes.size > sizeof(output->buffer) - output->used)
		sk_output_flush(output);
	if (bytes.size > sizeof(output->buffer)) {
		write_all(output, (const char *)bytes.data, bytes.size);
	} else if (bytes.size > 0) {
		memcpy(output->buffer + output->used, bytes.data, bytes.size);
		output->used += bytes.size;
	}
}

void
sk_output_string(struct sk_output *output, const char *string)
{
	sk_output_bytes(
	    output, (struct sk_span){ (const unsigned char *)string, strlen(string) });
}

void
sk_output_byte(struct sk_output *output, char byte)
{
	if (output->used == sizeof(output->buffer))
		sk_output_flush(output);
	output->buffer[output->used++] = byte;
}

void
sk_output_number(struct sk_output *output, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	sk_output_bytes(output,
	    (struct sk_span){ (const unsigned char *)digits + at, sizeof(digits) - at });
}

void
sk_output_fill(struct sk_output *output, char byte, size_t count)
{
	while (count-- > 0)
		sk_output_byte(output, byte);
}
