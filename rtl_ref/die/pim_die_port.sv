`include "pim_assert.svh"
// The time of the DieRAM port. Transfers reserve it in the order in which they begin; a slot is one cycle, in
// which RamWidth bytes pass. Meaning: DieTiming.
module pim_die_port #(
    parameter int SlotWidth = 28
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 advance_i,
    input  logic                 reserve_i,
    input  logic [SlotWidth-1:0] slots_i,   // that the transfer needs
    output logic [SlotWidth-1:0] served_o   // slots from this edge until it has had them
);
  logic [SlotWidth-1:0] backlog_q, backlog_left;

  assign backlog_left = backlog_q == '0 ? '0 : backlog_q - SlotWidth'(1);
  assign served_o     = backlog_left + slots_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) backlog_q <= '0;
    else if (advance_i) backlog_q <= reserve_i ? served_o : backlog_left;
  end

`ifdef PIM_ASSERTIONS
  CountsAll: assert property (@(posedge clk_i) disable iff (!rst_ni) reserve_i |-> served_o >= slots_i);
`endif
endmodule
