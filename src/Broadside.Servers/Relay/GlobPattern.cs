namespace Broadside.Relay;

/// <summary>A pattern of channel names by Redis's rules: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[^a-z]</c>, and <c>\</c> before a character to be taken as it is.</summary>
/// <remarks>
/// Redis's corner cases are kept, because clients' patterns must mean here what they mean there: an unclosed class ends with the
/// pattern, a range's ends may be given in either order, <c>]</c> can end a range, and the empty name is matched by the empty pattern
/// only. One is not, as it differs between processors there: ranges compare bytes as unsigned.
/// </remarks>
internal sealed class GlobPattern
{
    private readonly byte[] _pattern;
    private readonly int _literal;

    /// <summary>Keeps a copy of a pattern.</summary>
    /// <param name="pattern">Any bytes: every pattern is valid.</param>
    public GlobPattern(ReadOnlySpan<byte> pattern)
    {
        _pattern = pattern.ToArray();
        var special = pattern.IndexOfAny("*?[\\"u8);
        _literal = special < 0 ? pattern.Length : special;
    }

    /// <summary>The pattern as it was given.</summary>
    public ReadOnlySpan<byte> Bytes => _pattern;

    /// <summary>Whether a name matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> name) =>
        name.StartsWith(_pattern.AsSpan(0, _literal)) && IsMatch(_pattern, name);

    /// <summary>Whether a name matches a pattern.</summary>
    /// <remarks>
    /// Each byte between two asterisks is matched as early as it can be, so only the last asterisk passed ever needs another try: at
    /// most pattern × name steps, whatever the pattern, and no recursion.
    /// </remarks>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return pattern.IsEmpty;
        }

        var position = 0;
        var index = 0;
        var retryPosition = -1;
        var retryIndex = 0;
        while (index < name.Length)
        {
            if (position < pattern.Length && pattern[position] == '*')
            {
                retryPosition = ++position;
                retryIndex = index;
                if (position == pattern.Length)
                {
                    return true;
                }
            }
            else if (position < pattern.Length && MatchesOne(pattern, ref position, name[index]))
            {
                index++;
            }
            else if (retryPosition >= 0)
            {
                position = retryPosition;
                index = ++retryIndex;
            }
            else
            {
                return false;
            }
        }

        return pattern[position..].IndexOfAnyExcept((byte)'*') < 0;
    }

    // Leaves the position behind the element. On failure it is of no consequence: the caller resumes elsewhere.
    private static bool MatchesOne(ReadOnlySpan<byte> pattern, ref int position, byte value)
    {
        switch (pattern[position])
        {
            case (byte)'?':
                position++;
                return true;
            case (byte)'[':
                position++;
                return MatchesClass(pattern, ref position, value);
            case (byte)'\\' when position + 1 < pattern.Length:
                position += 2;
                return pattern[position - 1] == value;
            default:
                return pattern[position++] == value;
        }
    }

    private static bool MatchesClass(ReadOnlySpan<byte> pattern, ref int position, byte value)
    {
        var negated = position < pattern.Length && pattern[position] == '^';
        if (negated)
        {
            position++;
        }

        var found = false;
        while (position < pattern.Length)
        {
            var rest = pattern[position..];
            if (rest[0] == '\\' && rest.Length >= 2)
            {
                found |= rest[1] == value;
                position += 2;
            }
            else if (rest[0] == ']')
            {
                position++;
                break;
            }
            else if (rest.Length >= 3 && rest[1] == '-')
            {
                found |= value >= Math.Min(rest[0], rest[2]) && value <= Math.Max(rest[0], rest[2]);
                position += 3;
            }
            else
            {
                found |= rest[0] == value;
                position++;
            }
        }

        return found != negated;
    }
}
