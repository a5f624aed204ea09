/* completion.c -- the option table as shell completions. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

/* The help's first line, fit for single quotes in a shell: the texts hold none. */
static int
summary_length(const struct sk_option *option)
{
	return (int)strcspn(option->help, "\n");
}

static void
bash_completion(const char *program, const struct sk_option *const *tables)
{
	char function[64];

	snprintf(function, sizeof(function), "_%s", program);
	for (char *at = function; *at != '\0'; at++)
		if (*at == '-')
			*at = '_';
	printf("# bash completion for %s\n%s()\n{\n", program, function);
	printf("\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n");
	/* bash splits --option=value into three words. */
	printf("\tif [ \"$word\" = = ]; then word=; "
	       "elif [ \"$before\" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n");
	printf("\tCOMPREPLY=()\n\tcase $before in\n");
	for (const struct sk_option *const *table = tables; *table != NULL; table++)
		for (const struct sk_option *option = *table; option->name != NULL; option++) {
			if (option->kind == SK_OPTION_FLAG)
				continue;
			printf("\t--%s", option->name);
			if (option->key < SK_OPTION_LONG)
				printf("|-%c", option->key);
			printf(")\n");
			if (option->kind == SK_OPTION_MAYBE) {
				/* What is no part of the same word is another one. */
				printf("\t\tcase ${COMP_WORDS[COMP_CWORD]}${COMP_WORDS[COMP_CWORD-1]} in *=*)\n"
				       "\t\t\tCOMPREPLY=($(compgen -W '%s' -- \"$word\"))\n"
				       "\t\t\treturn ;;\n\t\tesac ;;\n",
				    option->choices);
				continue;
			}
			if (option->choices != NULL)
				printf("\t\tCOMPREPLY=($(compgen -W '%s' -- \"$word\"))\n",
				    option->choices);
			if (option->kind == SK_OPTION_FILE)
				printf("\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n");
			printf("\t\treturn ;;\n");
		}
	printf("\tesac\n\tcase $word in\n\t-*)\n\t\tCOMPREPLY=($(compgen -W '");
	for (const struct sk_option *const *table = tables; *table != NULL; table++)
		for (const struct sk_option *option = *table; option->name != NULL; option++) {
			printf("--%s ", option->name);
			if (option->key < SK_OPTION_LONG)
				printf("-%c ", option->key);
			if (option->alias != 0)
				printf("-%c ", option->alias);
		}
	printf("' -- \"$word\")) ;;\n\t*)\n\t\tcompopt -o filenames 2>/dev/null\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n\tesac\n}\n");
	printf("complete -F %s %s\n", function, program);
}

/* One zsh specification: '(-k --top)'{-k,--top=}'[help]:N:(words)'. */
static void
zsh_option(const struct sk_option *option)
{
	bool takes = option->kind != SK_OPTION_FLAG;

	printf("\t");
	if (option->key >= SK_OPTION_LONG) {
		printf("'--%s%s", option->name, option->kind == SK_OPTION_MAYBE ? "=-" : takes ? "=" : "");
	} else {
		printf("'(-%c --%s", option->key, option->name);
		if (option->alias != 0)
			printf(" -%c", option->alias);
		printf(")'{-%c%s,", option->key, takes ? "+" : "");
		if (option->alias != 0)
			printf("-%c,", option->alias);
		printf("--%s%s}'", option->name, takes ? "=" : "");
	}
	printf("[%.*s]", summary_length(option), option->help);
	if (takes) {
		printf(option->kind == SK_OPTION_MAYBE ? "::%s:" : ":%s:", option->argument);
		if (option->choices != NULL)
			printf("(%s)", option->choices);
		else if (option->kind == SK_OPTION_FILE)
			printf("_files");
	}
	printf("' \\\n");
}

static void
zsh_completion(const char *program, const struct sk_option *const *tables)
{
	printf("#compdef %s\n_arguments -s \\\n", program);
	for (; *tables != NULL; tables++)
		for (const struct sk_option *option = *tables; option->name != NULL; option++)
			zsh_option(option);
	printf("\t'*:file:_files'\n");
}

static void
fish_completion(const char *program, const char *summary, const struct sk_option *const *tables)
{
	printf("# fish completion for %s: %s\n", program, summary);
	for (; *tables != NULL; tables++)
		for (const struct sk_option *option = *tables; option->name != NULL; option++) {
			printf("complete -c %s -l %s", program, option->name);
			if (option->key < SK_OPTION_LONG)
				printf(" -s %c", option->key);
			if (option->alias != 0)
				printf(" -s %c", option->alias);
			if (option->kind == SK_OPTION_MAYBE)
				printf(" -a '%s'", option->choices);
			else if (option->choices != NULL)
				printf(" -x -a '%s'", option->choices);
			else if (option->kind == SK_OPTION_FILE)
				printf(" -r -F");
			else if (option->kind != SK_OPTION_FLAG)
				printf(" -x");
			printf(" -d '%.*s'\n", summary_length(option), option->help);
		}
}

bool
sk_completion_print(const char *program, const char *summary,
    const struct sk_option *const *tables, const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		bash_completion(program, tables);
	else if (strcmp(shell, "zsh") == 0)
		zsh_completion(program, tables);
	else if (strcmp(shell, "fish") == 0)
		fish_completion(program, summary, tables);
	else
		return false;
	return true;
}
