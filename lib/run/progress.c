/* progress.c -- how far a run is. */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "schedule.h"

#define SECOND ((uint64_t)1000000000)
#define INTERVAL (SECOND / 5)
#define LINE_MAX_BYTES 256

/* One run, and one line. */
static struct {
	bool on;
	bool shown;
	bool output; /* goes to a terminal too, or to where it may end on one */
	uint64_t began;
	uint64_t next; /* when to draw again */
	size_t input;  /* number of the one being read, from 1 */
	uint64_t before; /* bytes of the inputs before it */
	uint64_t bytes;  /* of it */
	uint64_t records;
	uint64_t total; /* bytes of all inputs, if they are regular files */
	bool total_known;
	char line[LINE_MAX_BYTES];
} progress;

static bool
is_standard(char *const *names, size_t i, size_t n)
{
	return n == 0 || strcmp(names[i], "-") == 0;
}

/* Whether somebody types the input. */
static bool
is_typed(char *const *names, size_t n)
{
	for (size_t i = 0; i < (n > 0 ? n : 1); i++)
		if (is_standard(names, i, n))
			return isatty(STDIN_FILENO);
	return false;
}

/* The sizes of all inputs; a file of which a part has been read already has the rest. */
static void
add_up(char *const *names, size_t n)
{
	struct stat about;

	progress.total_known = true;
	progress.total = 0;
	for (size_t i = 0; i < (n > 0 ? n : 1); i++) {
		const bool standard = is_standard(names, i, n);
		const int found = standard ? fstat(STDIN_FILENO, &about) : stat(names[i], &about);
		off_t at = standard ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;

		if (found == -1 || !S_ISREG(about.st_mode)) {
			progress.total_known = false;
			return;
		}
		progress.total += about.st_size > at && at >= 0 ? (uint64_t)(about.st_size - at) : 0;
	}
}

/* Whoever reads the pipe may print it on the terminal. */
static bool
is_pipe(void)
{
	struct stat about;

	return fstat(STDOUT_FILENO, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode));
}

void
sk_progress_start(char *const *names, size_t n, bool reports, bool rows)
{
	progress.output = isatty(STDOUT_FILENO) || (rows && is_pipe());
	if (!isatty(STDERR_FILENO) || sk_diag_is_quiet() || is_typed(names, n) || (reports && progress.output))
		return;
	progress.on = true;
	progress.began = sk_schedule_now();
	progress.next = progress.began + SECOND;
	add_up(names, n);
	sk_diag_before(sk_progress_yield);
}

/* "1.2 GB" */
static size_t
put_size(char *text, size_t room, double size)
{
	static const char units[][3] = { "B", "kB", "MB", "GB", "TB", "PB" };
	size_t unit = 0;

	for (; size >= 999.5 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
		size /= 1000;
	return (size_t)snprintf(text, room, "%.*f %s", unit == 0 || size >= 99.95 ? 0 : 1, size, units[unit]);
}

/* "2,007,045", as --human has it. */
static void
put_count(char *text, size_t room, uint64_t count)
{
	char digits[32];
	const size_t size = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, count);
	size_t used = 0;

	for (size_t i = 0; i < size && used + 2 < room; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
}

/* "2 h 05 min", "3 min 20 s", "7 s" */
static void
put_time(char *text, size_t room, double seconds)
{
	const unsigned long whole = seconds < 1e8 ? (unsigned long)seconds + 1 : 100000000;

	if (whole >= 3600)
		snprintf(text, room, "%lu h %02lu min", whole / 3600, whole / 60 % 60);
	else if (whole >= 60)
		snprintf(text, room, "%lu min %02lu s", whole / 60, whole % 60);
	else
		snprintf(text, room, "%lu s", whole);
}

static void
compose(uint64_t now)
{
	const double bytes = (double)(progress.before + progress.bytes), total = (double)progress.total;
	const double seconds = (double)(now - progress.began) / (double)SECOND, rate = bytes / seconds;
	char read[32], speed[32], records[32], left[32];
	size_t used = (size_t)snprintf(progress.line, LINE_MAX_BYTES, "%s: ", sk_diag_program());

	put_size(read, sizeof(read), bytes);
	put_size(speed, sizeof(speed), rate);
	put_count(records, sizeof(records), progress.records);
	/* A file that grows while it is read has more than was thought. */
	if (!progress.total_known || total < bytes || total <= 0) {
		snprintf(progress.line + used, LINE_MAX_BYTES - used, "%s, %s/s, %s records", read, speed, records);
		return;
	}
	used += (size_t)snprintf(progress.line + used, LINE_MAX_BYTES - used, "%.0f%% of ", bytes / total * 100);
	used += put_size(progress.line + used, LINE_MAX_BYTES - used, total);
	put_time(left, sizeof(left), rate > 0 ? (total - bytes) / rate : 1e8);
	snprintf(progress.line + used, LINE_MAX_BYTES - used, ", %s/s, %s records, %s left", speed, records, left);
}

/* What does not fit in one line would stay when it is erased. */
static size_t
columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		return 79;
	return size.ws_col > 1U ? size.ws_col - 1U : 1;
}

/* In one piece. A terminal that takes nothing is its own affair. */
static void
put(const char *before, const char *line, size_t size, const char *behind)
{
	char text[LINE_MAX_BYTES + 16];
	const int used = snprintf(text, sizeof(text), "%s%.*s%s", before, (int)size, line, behind);

	if (write(STDERR_FILENO, text, (size_t)used) == -1)
		progress.on = false;
}

static void
draw(uint64_t now)
{
	const size_t most = columns();
	size_t size;

	progress.next = now + INTERVAL;
	/* In the background the terminal is somebody else's. */
	if (progress.before + progress.bytes == 0 || tcgetpgrp(STDERR_FILENO) != getpgrp())
		return;
	compose(now);
	size = strlen(progress.line);
	put("\r", progress.line, size < most ? size : most, "\033[K");
	progress.shown = true;
}

void
sk_progress_look(void)
{
	const uint64_t now = progress.on ? sk_schedule_now() : 0;

	if (progress.on && now >= progress.next)
		draw(now);
}

void
sk_progress_step(size_t index, uint64_t bytes, uint64_t records)
{
	if (!progress.on)
		return;
	if (index != progress.input) {
		progress.before += progress.bytes;
		progress.input = index;
	}
	progress.bytes = bytes;
	progress.records = records;
	sk_progress_look();
}

const struct timespec *
sk_progress_left(const struct timespec *left)
{
	static struct timespec own;
	uint64_t now;

	if (!progress.on)
		return left;
	now = sk_schedule_now();
	own = sk_schedule_timespec(progress.next > now ? progress.next - now : 0);
	if (left != NULL &&
	    (left->tv_sec < own.tv_sec || (left->tv_sec == own.tv_sec && left->tv_nsec < own.tv_nsec)))
		return left;
	return &own;
}

void
sk_progress_yield(int fd)
{
	if (!progress.on || !(fd == STDERR_FILENO || (fd == STDOUT_FILENO && progress.output)))
		return;
	/* What is at the other end of a pipe prints a little later. */
	if (fd == STDOUT_FILENO)
		progress.next = sk_schedule_now() + SECOND;
	if (!progress.shown)
		return;
	put("\r", "", 0, "\033[K");
	progress.shown = false;
}

void
sk_progress_end(void)
{
	sk_progress_yield(STDERR_FILENO);
	progress.on = false;
}
