using Broadside.NetStack.Network;
using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Steering;

/// <summary>
/// The hash by which network cards spread flows over receive queues (receive side scaling): as computed here, it says which queue a
/// card with the same key chooses. Linear, so not for tables that hostile packets fill: see <see cref="KeyedHash"/>.
/// </summary>
internal sealed class ToeplitzHash
{
    public const int KeyLength = 40;

    private const int LongestInput = 2 * (IPv6Address.Length + sizeof(ushort));

    // For each place of the input and each value of the byte there, what it adds to the hash.
    private readonly uint[] _contributions = new uint[LongestInput * 256];

    public ToeplitzHash(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength, nameof(key));
        for (var place = 0; place < LongestInput; place++)
        {
            // Bit n of the input, counted from the left, stands for the 32 bits of the key from bit n on.
            var window = ((ulong)key.ReadUInt32(place) << 8) | key[place + sizeof(uint)];
            for (var value = 0; value < 256; value++)
            {
                for (var bit = 0; bit < 8; bit++)
                {
                    _contributions[(place * 256) + value] ^= (value & (0x80 >> bit)) == 0 ? 0 : (uint)(window >> (8 - bit));
                }
            }
        }
    }

    /// <summary>The key of Microsoft's specification, which most cards and drivers begin with.</summary>
    public static ReadOnlySpan<byte> MicrosoftKey =>
    [
        0x6D, 0x5A, 0x56, 0xDA, 0x25, 0x5B, 0x0E, 0xC2, 0x41, 0x67, 0x25, 0x3D, 0x43, 0xA3, 0x8F, 0xB0, 0xD0, 0xCA, 0x2B, 0xCB,
        0xAE, 0x7B, 0x30, 0xB4, 0x77, 0xCB, 0x2D, 0xA3, 0x80, 0x30, 0xF2, 0x0C, 0x6A, 0x42, 0xB7, 0x3B, 0xBE, 0xAC, 0x01, 0xFA,
    ];

    /// <summary>A key of period 16, with which both directions of a flow have the same hash (Woo and Park, 2012).</summary>
    public static ReadOnlySpan<byte> SymmetricKey =>
    [
        0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A,
        0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A, 0x6D, 0x5A,
    ];

    /// <summary>The hash of a flow's packets as they arrive: their source is the remote end.</summary>
    public uint OfFlow(in Flow flow)
    {
        Span<byte> input = stackalloc byte[LongestInput];
        var length = Write(input, flow.Remote, flow.Local);
        input.WriteUInt16(length, flow.RemotePort);
        input.WriteUInt16(length + sizeof(ushort), flow.LocalPort);
        return Of(input[..(length + (2 * sizeof(ushort)))]);
    }

    /// <summary>The hash of packets without ports.</summary>
    public uint OfAddresses(NetworkAddress source, NetworkAddress destination)
    {
        Span<byte> input = stackalloc byte[LongestInput];
        return Of(input[..Write(input, source, destination)]);
    }

    private static int Write(Span<byte> input, NetworkAddress source, NetworkAddress destination)
    {
        if (source.IsIPv4 && destination.IsIPv4)
        {
            source.AsIPv4().Write(input);
            destination.AsIPv4().Write(input[IPv4Address.Length..]);
            return 2 * IPv4Address.Length;
        }

        source.ToMapped().Write(input);
        destination.ToMapped().Write(input[IPv6Address.Length..]);
        return 2 * IPv6Address.Length;
    }

    private uint Of(ReadOnlySpan<byte> input)
    {
        var hash = 0U;
        for (var place = 0; place < input.Length; place++)
        {
            hash ^= _contributions[(place * 256) + input[place]];
        }

        return hash;
    }
}
