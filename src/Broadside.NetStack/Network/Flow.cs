using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Network;

/// <summary>What tells one connection from all others of this host: both ends' addresses and ports.</summary>
internal readonly record struct Flow(NetworkAddress Local, ushort LocalPort, NetworkAddress Remote, ushort RemotePort)
{
    /// <summary>The most words that <see cref="Pack"/> writes.</summary>
    public const int MaximumWords = 5;

    /// <summary>Writes it as few words, no two flows alike, for hashing.</summary>
    /// <returns>How many.</returns>
    public int Pack(Span<ulong> words)
    {
        var local = Local.ToMapped();
        var remote = Remote.ToMapped();
        words[0] = ((ulong)LocalPort << 16) | RemotePort;
        if (Local.IsIPv4 && Remote.IsIPv4)
        {
            words[1] = (local.Low << 32) | (uint)remote.Low;
            return 2;
        }

        words[1] = local.High;
        words[2] = local.Low;
        words[3] = remote.High;
        words[4] = remote.Low;
        return 5;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Local}:{LocalPort} - {Remote}:{RemotePort}";
}
