using System.Diagnostics;

namespace Broadside.NetStack.Wire;

/// <summary>
/// Puts fragments together again (RFC 791 section 3.2, RFC 8200 section 4.5), bounded in memory, number and time. It has no clock: the
/// time is passed in. Overlapping fragments end their datagram (RFC 5722), for IPv4 as well.
/// </summary>
internal sealed class Reassembler
{
    /// <summary>First fragments with longer headers than this are not held.</summary>
    private const int MaximumHeaderLength = 512;

    private const int MaximumPayloadLength = ushort.MaxValue;

    private readonly ReassemblyLimits _limits;
    private readonly PartialDatagram[] _datagrams;
    private readonly byte[] _packet = new byte[MaximumHeaderLength + MaximumPayloadLength];

    public Reassembler(ReassemblyLimits limits)
    {
        _limits = limits;
        _datagrams = new PartialDatagram[limits.MaximumDatagrams];
        for (var index = 0; index < _datagrams.Length; index++)
        {
            _datagrams[index] = new(limits.MaximumFragments);
        }
    }

    /// <summary>How many datagrams are unfinished, those given up included.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes their fragments take up.</summary>
    public int HeldBytes { get; private set; }

    /// <summary>How many datagrams gave way to younger ones.</summary>
    public long Evicted { get; private set; }

    /// <summary>When the next datagram expires; <see cref="TimeSpan.MaxValue"/> if there is none.</summary>
    public TimeSpan NextDeadline => Oldest() is { } oldest ? oldest.Deadline : TimeSpan.MaxValue;

    /// <summary>Takes a fragment; <paramref name="whole"/> is set if that completes its datagram.</summary>
    public FragmentOutcome Add(Fragment fragment, TimeSpan now, out ReassembledDatagram whole)
    {
        Debug.Assert(fragment.End <= MaximumPayloadLength);
        whole = default;
        var datagram = Find(fragment.Key) ?? Start(fragment.Key, now);
        var outcome = fragment.Offset == 0 && fragment.Header.Length > MaximumHeaderLength
            ? FragmentOutcome.LimitReached
            : datagram.Judge(fragment);
        if (outcome == FragmentOutcome.Held)
        {
            outcome = Hold(datagram, fragment);
        }

        if (outcome is FragmentOutcome.Overlapping or FragmentOutcome.LimitReached or FragmentOutcome.InconsistentEcn)
        {
            HeldBytes -= datagram.Footprint;
            datagram.GiveUp();
        }
        else if (outcome == FragmentOutcome.Completed)
        {
            whole = Assemble(datagram);
            End(datagram);
        }

        return outcome;
    }

    /// <summary>Ends a datagram that was not whole in time; called until it has none.</summary>
    public bool TryExpire(TimeSpan now, out ExpiredDatagram expired)
    {
        expired = default;
        if (Oldest() is not { } oldest || oldest.Deadline > now)
        {
            return false;
        }

        var first = oldest.FirstFragment;
        first.CopyTo(_packet);
        expired = new() { Key = oldest.Key, FirstFragment = _packet.AsSpan(0, first.Length) };
        End(oldest);
        return true;
    }

    private FragmentOutcome Hold(PartialDatagram datagram, Fragment fragment)
    {
        var before = datagram.Footprint;
        datagram.Hold(fragment);
        HeldBytes += datagram.Footprint - before;
        while (HeldBytes > _limits.MaximumBytes)
        {
            var oldest = Oldest()!;
            if (oldest == datagram)
            {
                return FragmentOutcome.LimitReached;
            }

            Evict(oldest);
        }

        return !datagram.IsWhole ? FragmentOutcome.Held
            : datagram.HasInconsistentEcn ? FragmentOutcome.InconsistentEcn
            : FragmentOutcome.Completed;
    }

    private ReassembledDatagram Assemble(PartialDatagram datagram)
    {
        datagram.CopyTo(_packet);
        return new()
        {
            Key = datagram.Key,
            Protocol = datagram.Protocol,
            Ecn = datagram.Ecn,
            Packet = _packet.AsSpan(0, datagram.FirstHeaderLength + datagram.PayloadLength),
            HeaderLength = datagram.FirstHeaderLength,
        };
    }

    private PartialDatagram Start(FragmentKey key, TimeSpan now)
    {
        if (Count == _datagrams.Length)
        {
            Evict(Oldest()!);
        }

        var free = Array.Find(_datagrams, candidate => !candidate.IsInUse)!;
        free.Start(key, now + _limits.Timeout);
        Count++;
        return free;
    }

    private void Evict(PartialDatagram datagram)
    {
        Evicted++;
        End(datagram);
    }

    private void End(PartialDatagram datagram)
    {
        HeldBytes -= datagram.Footprint;
        Count--;
        datagram.End();
    }

    private PartialDatagram? Find(FragmentKey key)
    {
        foreach (var datagram in _datagrams)
        {
            if (datagram.IsInUse && datagram.Key == key)
            {
                return datagram;
            }
        }

        return null;
    }

    private PartialDatagram? Oldest()
    {
        PartialDatagram? oldest = null;
        foreach (var datagram in _datagrams)
        {
            if (datagram.IsInUse && (oldest is null || datagram.Deadline < oldest.Deadline))
            {
                oldest = datagram;
            }
        }

        return oldest;
    }
}
