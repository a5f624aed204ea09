# bash completion for stream-dump
_stream_dump()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
	COMPREPLY=()
	case $before in
	--input|-i)
		COMPREPLY=($(compgen -W 'auto image base64' -- "$word"))
		return ;;
	--item-type)
		COMPREPLY=($(compgen -W 'string double float long' -- "$word"))
		return ;;
	--frame|-n)
		return ;;
	--output|-o)
		COMPREPLY=($(compgen -W 'text tsv json' -- "$word"))
		return ;;
	--completion)
		COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word"))
		return ;;
	esac
	case $word in
	-*)
		COMPREPLY=($(compgen -W '--input -i --item-type --frame -n --output -o --columns --base64 --image --records --quiet --completion --help -h --version -V ' -- "$word")) ;;
	*)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	esac
}
complete -F _stream_dump stream-dump
