/* output_file.c -- the file of --output-file. */
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "replace.h"

#define PIECE ((size_t)1 << 15)

struct sk_output_file {
	struct sk_replace replace;
	const char *path;
	struct sk_output *output; /* to the file where answers gather */
};

/* Sockets can be had as open files only. Standard error stays open when the answer is complete. */
int
sk_output_file_stream(const char *path)
{
	const int descriptor = sk_replace_descriptor(path);
	struct stat status;
	int fd;

	if (descriptor == STDOUT_FILENO)
		return descriptor;
	if (descriptor == -1 && (stat(path, &status) == -1 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
		return -1;
	fd = descriptor != -1 ? fcntl(descriptor, F_DUPFD_CLOEXEC, 3) : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		sk_die("%s: the answer could not be written: %s", path, strerror(errno));
	return fd;
}

struct sk_output_file *
sk_output_file_new(const char *path, struct sk_output *output)
{
	struct sk_output_file *file = calloc(1, sizeof(*file));

	if (file == NULL)
		sk_die("out of memory");
	file->path = path;
	file->output = output;
	sk_replace_init(&file->replace, path, "the answer could not be written", false);
	sk_output_init(output, sk_replace_scratch(&file->replace));
	output->name = path;
	return file;
}

void
sk_output_file_free(struct sk_output_file *file)
{
	if (file == NULL)
		return;
	sk_replace_release(&file->replace);
	free(file);
}

static _Noreturn void
fail(const struct sk_output_file *file)
{
	sk_die("%s: %s", file->path, strerror(errno));
}

off_t
sk_output_file_size(struct sk_output_file *file)
{
	off_t size;

	sk_output_flush(file->output);
	if ((size = lseek(file->output->fd, 0, SEEK_CUR)) == -1)
		fail(file);
	return size;
}

void
sk_output_file_cut(struct sk_output_file *file, off_t size)
{
	sk_output_flush(file->output);
	if (ftruncate(file->output->fd, size) == -1 ||
	    lseek(file->output->fd, size, SEEK_SET) == -1)
		fail(file);
}

void
sk_output_file_place(struct sk_output_file *file)
{
	const off_t size = sk_output_file_size(file);
	struct sk_output *output = sk_replace_begin(&file->replace);
	unsigned char piece[PIECE];
	off_t at = 0;

	if (output == NULL)
		exit(SK_EXIT_TROUBLE);
	while (at < size) {
		const size_t rest = (uintmax_t)(size - at) < PIECE ? (size_t)(size - at) : PIECE;
		const ssize_t got = pread(file->output->fd, piece, rest, at);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			fail(file);
		sk_output_bytes(output, (struct sk_span){ piece, (size_t)got });
		at += got;
	}
	if (!sk_replace_commit(&file->replace))
		exit(SK_EXIT_TROUBLE);
}
