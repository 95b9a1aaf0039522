using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>Which SACK blocks can be believed, and which reports a duplicate (RFC 2883 section 4).</summary>
internal struct SackFilter
{
    private const int OldestDuplicate = 1 << 30;

    /// <summary>How many ranges one acknowledgment may have looked through.</summary>
    public const int MaximumSteps = 256;

    private SackBlocks _last;

    /// <summary>Forgets what was applied already.</summary>
    public void Reset() => _last = default;

    /// <summary>Applies the blocks to the scoreboard, which knows the cumulative acknowledgment already.</summary>
    public void Apply(in Acknowledgment acknowledgment, Scoreboard scoreboard, Delivery delivery)
    {
        var steps = MaximumSteps;
        var areAllApplied = true;
        foreach (ref readonly var block in acknowledgment.Sack.AsSpan())
        {
            // Each block is repeated in the acknowledgments that follow (RFC 2018 section 4): most are known.
            if (acknowledgment.Number < block.RightEdge && !_last.AsSpan().Contains(block)
                && block.LeftEdge >= acknowledgment.Number && block.RightEdge <= scoreboard.Next)
            {
                var left = SequenceNumber.Max(block.LeftEdge, scoreboard.Unacknowledged);
                if (left < block.RightEdge)
                {
                    areAllApplied &= scoreboard.TrySack(new(left, block.RightEdge), delivery, ref steps);
                }
            }
        }

        _last = areAllApplied ? acknowledgment.Sack : default;
    }

    /// <summary>The first block, if it lies below the cumulative acknowledgment or within the second.</summary>
    public static SackBlock? DuplicateIn(in Acknowledgment acknowledgment, SequenceNumber next)
    {
        var blocks = acknowledgment.Sack.AsSpan();
        if (blocks.IsEmpty || blocks[0].LeftEdge >= blocks[0].RightEdge || blocks[0].RightEdge > next)
        {
            return null;
        }

        var first = blocks[0];
        var isBelow = first.RightEdge <= acknowledgment.Number && acknowledgment.Number - first.LeftEdge < OldestDuplicate;
        var isWithin = blocks.Length > 1 && first.LeftEdge >= blocks[1].LeftEdge && first.RightEdge <= blocks[1].RightEdge;
        return isBelow || isWithin ? first : null;
    }
}
