global using System.Net;
global using Broadside.Channels;
global using Broadside.Conformance.Harness;

// Tests count descriptors, allocations and refused accepts of the whole process, so they run one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
