namespace Broadside.NetStack.Wire;

/// <summary>A prefix that a router announces (RFC 4861 section 4.6.2); the address bits behind it are zero.</summary>
internal readonly record struct PrefixInformation
{
    public const int Length = 32;

    private const byte OnLinkFlag = 0x80;
    private const byte AutonomousFlag = 0x40;

    private readonly IPv6Address _prefix;

    /// <summary>How many bits of the prefix count, 128 at most.</summary>
    public required byte PrefixLength { get; init; }

    /// <summary>The prefix. What is set behind its length is not kept.</summary>
    public required IPv6Address Prefix
    {
        get => _prefix.Prefix(PrefixLength);
        init => _prefix = value;
    }

    /// <summary>Whether addresses with the prefix are reached without a router.</summary>
    public bool OnLink { get; init; }

    /// <summary>Whether hosts may form addresses with the prefix.</summary>
    public bool Autonomous { get; init; }

    /// <summary>For how many seconds the prefix is on the link; all ones are forever.</summary>
    public uint ValidLifetime { get; init; }

    /// <summary>For how many seconds addresses formed with it are preferred; all ones are forever.</summary>
    public uint PreferredLifetime { get; init; }

    /// <summary>Reads the option; false if it is not one, or one to be ignored (RFC 4862 section 5.5.3).</summary>
    public static bool TryParse(NdpOption option, out PrefixInformation information)
    {
        information = default;
        var bytes = option.Bytes;
        if (option.Type != NdpOptionType.PrefixInformation || bytes.Length != Length || bytes[2] > IPv6Address.Bits)
        {
            return false;
        }

        information = new()
        {
            PrefixLength = bytes[2],
            Prefix = IPv6Address.Read(bytes[16..]).Prefix(bytes[2]),
            OnLink = (bytes[3] & OnLinkFlag) != 0,
            Autonomous = (bytes[3] & AutonomousFlag) != 0,
            ValidLifetime = bytes.ReadUInt32(4),
            PreferredLifetime = bytes.ReadUInt32(8),
        };
        return !information._prefix.IsLinkLocal && information.PreferredLifetime <= information.ValidLifetime;
    }

    /// <summary>Writes the option. A prefix longer than an address throws, and so does one preferred for longer than it is valid.</summary>
    public void Emit(Span<byte> option)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PrefixLength, IPv6Address.Bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PreferredLifetime, ValidLifetime);
        option[0] = (byte)NdpOptionType.PrefixInformation;
        option[1] = Length / 8;
        option[2] = PrefixLength;
        option[3] = (byte)((OnLink ? OnLinkFlag : 0) | (Autonomous ? AutonomousFlag : 0));
        option.WriteUInt32(4, ValidLifetime);
        option.WriteUInt32(8, PreferredLifetime);
        option.WriteUInt32(12, 0);
        Prefix.Write(option[16..]);
    }
}
