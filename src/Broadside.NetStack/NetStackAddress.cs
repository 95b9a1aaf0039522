using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Broadside.NetStack;

/// <summary>An address of a stack, and how many of its first bits name the network it is in: <c>10.9.0.2/24</c>.</summary>
public sealed record NetStackAddress : ISpanParsable<NetStackAddress>
{
    /// <summary>Creates the address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">How many of its first bits name its network: 0 to 32, or to 128 for IPv6.</param>
    public NetStackAddress(IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, MaximumPrefixLength(address));
        Address = address;
        PrefixLength = prefixLength;
    }

    /// <summary>The address.</summary>
    public IPAddress Address { get; }

    /// <summary>How many of its first bits name its network, whose hosts are reached without a gateway.</summary>
    public int PrefixLength { get; }

    /// <inheritdoc/>
    public static NetStackAddress Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc/>
    public static NetStackAddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no address with a prefix length, such as 10.9.0.2/24.");

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out NetStackAddress result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out NetStackAddress result)
    {
        result = null!;
        var slash = s.IndexOf('/');
        if (slash < 0
            || !IPAddress.TryParse(s[..slash], out var address)
            || !int.TryParse(s[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > MaximumPrefixLength(address))
        {
            return false;
        }

        result = new NetStackAddress(address, length);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{PrefixLength}";

    private static int MaximumPrefixLength(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
}
