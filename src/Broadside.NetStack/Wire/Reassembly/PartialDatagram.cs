using System.Buffers;

namespace Broadside.NetStack.Wire;

/// <summary>
/// The fragments of a datagram that have come. RFC 815 keeps a list of holes; as no fragments may overlap (RFC 5722), those held and a
/// count of their bytes say as much, and tell duplicates apart.
/// </summary>
internal sealed class PartialDatagram(int maximumFragments)
{
    private const int UnknownLength = -1;

    private readonly HeldFragment[] _fragments = new HeldFragment[maximumFragments];
    private int _count;
    private int _payloadBytes;
    private int _payloadLength = UnknownLength;
    private int _codepoints;

    public FragmentKey Key { get; private set; }

    public TimeSpan Deadline { get; private set; }

    public bool IsInUse { get; private set; }

    /// <summary>Whether fragments are no longer held but dropped, until the time is up.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>How many bytes its fragments take up.</summary>
    public int Footprint { get; private set; }

    public bool IsWhole => _payloadBytes == _payloadLength;

    public int PayloadLength => _payloadLength;

    public int FirstHeaderLength => First.HeaderLength;

    /// <summary>The first fragment with its headers; empty until it has come.</summary>
    public ReadOnlySpan<byte> FirstFragment =>
        IndexOfFirst() is var index and >= 0 ? _fragments[index].Packet : [];

    public InternetProtocol Protocol => First.Protocol;

    /// <summary>Whether some fragments carry a congestion mark and others come from a transport without.</summary>
    public bool HasInconsistentEcn => Has(EcnCodepoint.CongestionExperienced) && Has(EcnCodepoint.NotEcnCapable);

    public EcnCodepoint Ecn => Has(EcnCodepoint.CongestionExperienced) ? EcnCodepoint.CongestionExperienced : First.Ecn;

    private HeldFragment First => _fragments[IndexOfFirst()];

    public void Start(FragmentKey key, TimeSpan deadline)
    {
        Key = key;
        Deadline = deadline;
        IsInUse = true;
    }

    /// <summary>What is to become of a fragment, which is not held yet.</summary>
    public FragmentOutcome Judge(Fragment fragment)
    {
        if (IsGivenUp)
        {
            return FragmentOutcome.Discarded;
        }

        var furthest = 0;
        foreach (ref readonly var held in _fragments.AsSpan(0, _count))
        {
            if (fragment.Offset == held.Offset && fragment.End == held.End)
            {
                return fragment.MoreFragments == (held.End != _payloadLength) ? FragmentOutcome.Duplicate : FragmentOutcome.Overlapping;
            }

            if (fragment.Offset < held.End && held.Offset < fragment.End)
            {
                return FragmentOutcome.Overlapping;
            }

            furthest = Math.Max(furthest, held.End);
        }

        var contradicts = fragment.MoreFragments
            ? _payloadLength != UnknownLength && fragment.End >= _payloadLength
            : _payloadLength != UnknownLength || fragment.End < furthest;
        return contradicts ? FragmentOutcome.Overlapping
            : _count == _fragments.Length ? FragmentOutcome.LimitReached
            : FragmentOutcome.Held;
    }

    public void Hold(Fragment fragment)
    {
        // Only the first fragment's headers are ever used.
        var header = fragment.Offset == 0 ? fragment.Header : [];
        var bytes = ArrayPool<byte>.Shared.Rent(header.Length + fragment.Payload.Length);
        header.CopyTo(bytes);
        fragment.Payload.CopyTo(bytes.AsSpan(header.Length));
        _fragments[_count++] = new(bytes, header.Length, fragment.Offset, fragment.Payload.Length, fragment.Protocol, fragment.Ecn);
        _payloadBytes += fragment.Payload.Length;
        _codepoints |= 1 << (int)fragment.Ecn;
        Footprint += bytes.Length;
        if (!fragment.MoreFragments)
        {
            _payloadLength = fragment.End;
        }
    }

    /// <summary>Writes the first fragment's headers and the whole payload.</summary>
    public void CopyTo(Span<byte> packet)
    {
        var headerLength = FirstHeaderLength;
        FirstFragment[..headerLength].CopyTo(packet);
        foreach (ref readonly var held in _fragments.AsSpan(0, _count))
        {
            held.Payload.CopyTo(packet[(headerLength + held.Offset)..]);
        }
    }

    /// <summary>Lets go of the fragments, but remembers the datagram until its time is up.</summary>
    public void GiveUp()
    {
        Release();
        IsGivenUp = true;
    }

    public void End()
    {
        Release();
        IsGivenUp = false;
        IsInUse = false;
    }

    private void Release()
    {
        foreach (ref var held in _fragments.AsSpan(0, _count))
        {
            ArrayPool<byte>.Shared.Return(held.Bytes);
            held = default;
        }

        (_count, _payloadBytes, _payloadLength, _codepoints, Footprint) = (0, 0, UnknownLength, 0, 0);
    }

    private bool Has(EcnCodepoint codepoint) => (_codepoints & (1 << (int)codepoint)) != 0;

    private int IndexOfFirst()
    {
        for (var index = 0; index < _count; index++)
        {
            if (_fragments[index].Offset == 0)
            {
                return index;
            }
        }

        return -1;
    }

    private readonly record struct HeldFragment(
        byte[] Bytes, int HeaderLength, int Offset, int Length, InternetProtocol Protocol, EcnCodepoint Ecn)
    {
        public int End => Offset + Length;

        public ReadOnlySpan<byte> Packet => Bytes.AsSpan(0, HeaderLength + Length);

        public ReadOnlySpan<byte> Payload => Bytes.AsSpan(HeaderLength, Length);
    }
}
