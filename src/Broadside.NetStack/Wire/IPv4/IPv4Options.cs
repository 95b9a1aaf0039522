namespace Broadside.NetStack.Wire;

/// <summary>
/// The options of an IPv4 header are passed over, but for source routes: a packet that has one is not taken (RFC 7126 sections 4.3
/// and 4.4). Malformed options end the search.
/// </summary>
internal static class IPv4Options
{
    private const byte EndOfOptionList = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;
    private const int MinimumLength = 2;

    public static bool HaveSourceRoute(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfOptionList)
        {
            if (options[0] is LooseSourceRoute or StrictSourceRoute)
            {
                return true;
            }

            var length = options[0] == NoOperation ? 1 : options.Length < MinimumLength ? 0 : options[1];
            if (length > options.Length || (length < MinimumLength && options[0] != NoOperation))
            {
                return false;
            }

            options = options[length..];
        }

        return false;
    }
}
