# bash completion for stream-window
_stream_window()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
	COMPREPLY=()
	case $before in
	--size|-s)
		return ;;
	--slide)
		return ;;
	--session)
		return ;;
	--count)
		return ;;
	--by|-b)
		return ;;
	--align)
		return ;;
	--zone)
		return ;;
	--input|-i)
		COMPREPLY=($(compgen -W 'lines csv tsv json logfmt clf auto' -- "$word"))
		return ;;
	--where)
		return ;;
	--time|-t)
		return ;;
	--time-format)
		COMPREPLY=($(compgen -W 'auto iso clf syslog ctime mail s ms us ns' -- "$word"))
		return ;;
	--time-unit)
		COMPREPLY=($(compgen -W 's ms us ns' -- "$word"))
		return ;;
	--out-of-order)
		return ;;
	--lateness)
		return ;;
	--late)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return ;;
	--future)
		return ;;
	--idle)
		return ;;
	--since)
		return ;;
	--until)
		return ;;
	--exec)
		return ;;
	--delimiter|-d)
		return ;;
	--memory|-m)
		return ;;
	--completion)
		COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word"))
		return ;;
	esac
	case $word in
	-*)
		COMPREPLY=($(compgen -W '--size -s --slide --session --count --by -b --align --zone --empty --input -i --where --time -t --time-format --time-unit --out-of-order --lateness --late --future --idle --since --until --text --exec --delimiter -d --header -H --null -z -0 --memory -m --strict --quiet --completion --help -h --version -V ' -- "$word")) ;;
	*)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	esac
}
complete -F _stream_window stream-window
