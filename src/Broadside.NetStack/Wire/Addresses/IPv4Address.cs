using System.Net;

namespace Broadside.NetStack.Wire;

/// <summary>An IPv4 address; the first octet is the number's most significant byte.</summary>
internal readonly record struct IPv4Address(uint Value)
{
    public const int Length = 4;

    /// <summary>0.0.0.0: this host on this network (RFC 1122 section 3.2.1.3).</summary>
    public static IPv4Address Unspecified => default;

    /// <summary>255.255.255.255.</summary>
    public static IPv4Address LimitedBroadcast => new(uint.MaxValue);

    public bool IsUnspecified => Value == 0;

    public bool IsLimitedBroadcast => Value == uint.MaxValue;

    public bool IsMulticast => Value >> 28 == 0xE;

    public bool IsLoopback => Value >> 24 == 127;

    public OnesComplementSum Sum => OnesComplementSum.OfWords(Value);

    public static IPv4Address Read(ReadOnlySpan<byte> bytes) => new(bytes.ReadUInt32(0));

    public static IPv4Address From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return address.TryWriteBytes(bytes, out _)
            ? Read(bytes)
            : throw new ArgumentException($"{address} is no IPv4 address.", nameof(address));
    }

    public void Write(Span<byte> bytes) => bytes.WriteUInt32(0, Value);

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return new IPAddress(bytes);
    }

    public override string ToString() => ToIPAddress().ToString();
}
