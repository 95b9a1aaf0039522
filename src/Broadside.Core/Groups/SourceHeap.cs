using System.Diagnostics;

namespace Broadside.Groups;

/// <summary>An intrusive pairing heap of a connection's pending sources, most urgent and oldest first.</summary>
internal struct SourceHeap
{
    private PendingSource? _root;

    public readonly PendingSource? First => _root;

    public void Insert(PendingSource source)
    {
        Debug.Assert(!source.InHeap && source.Child is null && source.Sibling is null && source.Previous is null);
        source.InHeap = true;
        _root = _root is null ? source : Meld(_root, source);
    }

    public void Remove(PendingSource source)
    {
        Debug.Assert(source.InHeap);
        source.InHeap = false;
        var children = MergePairs(source.Child);
        source.Child = null;
        if (ReferenceEquals(source, _root))
        {
            _root = children;
            return;
        }

        Unlink(source);
        if (children is not null)
        {
            _root = Meld(_root!, children);
        }
    }

    private static void Unlink(PendingSource source)
    {
        var previous = source.Previous!;
        if (ReferenceEquals(previous.Child, source))
        {
            previous.Child = source.Sibling;
        }
        else
        {
            previous.Sibling = source.Sibling;
        }

        if (source.Sibling is not null)
        {
            source.Sibling.Previous = previous;
        }

        source.Sibling = source.Previous = null;
    }

    private static PendingSource Meld(PendingSource left, PendingSource right)
    {
        if (right.Precedes(left))
        {
            (left, right) = (right, left);
        }

        right.Previous = left;
        right.Sibling = left.Child;
        if (left.Child is not null)
        {
            left.Child.Previous = right;
        }

        left.Child = right;
        return left;
    }

    // Two passes: meld neighbours from the left, then the results from the right. Iterative, so depth is no matter.
    private static PendingSource? MergePairs(PendingSource? first)
    {
        PendingSource? pairs = null;
        while (first is not null)
        {
            var second = first.Sibling;
            var rest = second?.Sibling;
            first.Sibling = first.Previous = null;
            var melded = first;
            if (second is not null)
            {
                second.Sibling = second.Previous = null;
                melded = Meld(first, second);
            }

            melded.Sibling = pairs;
            pairs = melded;
            first = rest;
        }

        PendingSource? root = null;
        while (pairs is not null)
        {
            var next = pairs.Sibling;
            pairs.Sibling = null;
            root = root is null ? pairs : Meld(root, pairs);
            pairs = next;
        }

        return root;
    }
}
