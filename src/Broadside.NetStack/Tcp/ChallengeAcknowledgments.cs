using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tcp;

/// <summary>
/// Throttles the ACKs that answer SYN, RST and ACK which may be forged (RFC 5961 section 7), each connection's and all of a channel's.
/// </summary>
/// <remarks>
/// A limit that all connections share tells an attacker, who counts the answers he gets himself, whether his guess at another connection
/// was answered (CVE-2016-5696). So how many there are differs from second to second, by a secret.
/// </remarks>
internal sealed class ChallengeAcknowledgments(KeyedHash secret, int averagePerSecond = 1000)
{
    private long _second = -1;
    private int _left;

    /// <summary>Takes a challenge ACK for a connection; false if it is to send none now.</summary>
    public bool TryTake(ref InvalidSegmentLimit connection, TimeSpan now)
    {
        if (!connection.Allows(now))
        {
            return false;
        }

        var second = now.Ticks / TimeSpan.TicksPerSecond;
        if (second != _second)
        {
            _second = second;
            _left = Budget(second);
        }

        if (_left == 0)
        {
            return false;
        }

        _left--;
        return connection.TryTake(now);
    }

    // From half the average to one and a half of it.
    private int Budget(long second) => (averagePerSecond / 2) + (int)(secret.Secure((ulong)second) % ((uint)averagePerSecond + 1));
}
