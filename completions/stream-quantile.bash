# bash completion for stream-quantile
_stream_quantile()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
	COMPREPLY=()
	case $before in
	--quantiles|-q)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return ;;
	--rank)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return ;;
	--histogram)
		return ;;
	--log)
		case ${COMP_WORDS[COMP_CWORD]}${COMP_WORDS[COMP_CWORD-1]} in *=*)
			COMPREPLY=($(compgen -W 'always never' -- "$word"))
			return ;;
		esac ;;
	--confidence)
		return ;;
	--algorithm|-a)
		COMPREPLY=($(compgen -W 'kll req dd tdigest' -- "$word"))
		return ;;
	--error|-e)
		return ;;
	--k)
		return ;;
	--field|-f)
		return ;;
	--by|-b)
		COMPREPLY=($(compgen -W '' -- "$word"))
		return ;;
	--where)
		return ;;
	--input|-i)
		COMPREPLY=($(compgen -W 'lines base64 image csv tsv json logfmt clf be32 f64 f32 i64 u64 auto' -- "$word"))
		return ;;
	--item-type)
		COMPREPLY=($(compgen -W 'string double float long' -- "$word"))
		return ;;
	--delimiter|-d)
		return ;;
	--memory|-m)
		return ;;
	--output|-o)
		COMPREPLY=($(compgen -W 'text tsv json csv prom influx sql' -- "$word"))
		return ;;
	--output-file)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return ;;
	--plot)
		case ${COMP_WORDS[COMP_CWORD]}${COMP_WORDS[COMP_CWORD-1]} in *=*)
			COMPREPLY=($(compgen -W 'ascii svg' -- "$word"))
			return ;;
		esac ;;
	--since)
		return ;;
	--until)
		return ;;
	--windows)
		COMPREPLY=($(compgen -W 'each whole' -- "$word"))
		return ;;
	--state)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return ;;
	--threads|-j)
		return ;;
	--every)
		return ;;
	--assert)
		return ;;
	--seed)
		return ;;
	--completion)
		COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word"))
		return ;;
	esac
	case $word in
	-*)
		COMPREPLY=($(compgen -W '--quantiles -q --rank --summary --histogram --log --confidence --algorithm -a --error -e --k --field -f --by -b --where --input -i --item-type --delimiter -d --header -H --null -z -0 --memory -m --strict --output -o --human --total --output-file --columns --plot --since --until --windows --sketch -S --base64 --image --state --zstd --threads -j --exact --explain --every --assert --seed --quiet --completion --help -h --version -V ' -- "$word")) ;;
	*)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	esac
}
complete -F _stream_quantile stream-quantile
