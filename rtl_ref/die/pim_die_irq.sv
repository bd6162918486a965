`include "pim_assert.svh"
// Raises the interrupt when all banks of a flagged command have completed it. Banks complete commands in order, so
// it is enough to count those before it. A clear that arrives with an edge takes what was raised before that cycle: not
// what banks raised in it, be it while the die was held.
module pim_die_irq #(
    parameter int Banks      = 16,
    parameter int Pending    = 4,   // flagged commands that may be under way
    parameter int CountWidth = 8
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             advance_i,
    input  logic             ring_i,
    input  logic [Banks-1:0] rung_i,
    input  logic             flagged_i,
    output logic             room_o,
    input  logic [Banks-1:0] bank_done_i,  // pulse: a bank completed its oldest command
    input  logic             clear_i,
    output logic             irq_o
);
  localparam int SlotWidth = Banks * CountWidth;

  logic [SlotWidth-1:0] running_q, running_d;  // commands a bank has not completed
  logic [Pending*SlotWidth-1:0] left_q, left_d;  // those up to and with the flagged one
  logic [Pending-1:0] used, chosen, fires;
  logic irq_q, fresh_q;  // fresh: raised in the cycle that still lasts

  for (genvar b = 0; b < Banks; b++) begin : gen_running
    assign running_d[b*CountWidth+:CountWidth] = running_q[b*CountWidth+:CountWidth]
        + CountWidth'(ring_i && rung_i[b]) - CountWidth'(bank_done_i[b]);
  end

  for (genvar p = 0; p < Pending; p++) begin : gen_pending
    assign used[p]  = left_q[p*SlotWidth+:SlotWidth] != '0;
    assign fires[p] = used[p] && left_d[p*SlotWidth+:SlotWidth] == '0;
    for (genvar b = 0; b < Banks; b++) begin : gen_left
      logic [CountWidth-1:0] left, running;
      assign left    = left_q[p*SlotWidth+b*CountWidth+:CountWidth];
      assign running = rung_i[b] ? running_d[b*CountWidth+:CountWidth] : '0;
      assign left_d[p*SlotWidth+b*CountWidth+:CountWidth] =
          chosen[p] ? running : left - CountWidth'(bank_done_i[b] && left != '0);
    end
  end

  assign room_o = used != '1;
  assign chosen = ring_i && flagged_i ? ~used & (used + Pending'(1)) : '0;
  assign irq_o  = irq_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q <= '0;
      left_q    <= '0;
      irq_q     <= 1'b0;
      fresh_q   <= 1'b0;
    end else begin
      running_q <= running_d;
      left_q    <= left_d;
      irq_q     <= fires != '0 || fresh_q || (irq_q && !clear_i);
      fresh_q   <= !advance_i && (fires != '0 || fresh_q);
    end
  end

`ifdef PIM_ASSERTIONS
  for (genvar b = 0; b < Banks; b++) begin : gen_check
    NoMoreThanBegun: assert property (@(posedge clk_i) disable iff (!rst_ni)
        bank_done_i[b] |-> running_q[b*CountWidth+:CountWidth] != '0);
    CountsAll: assert property (@(posedge clk_i) disable iff (!rst_ni)
        ring_i && rung_i[b] |-> running_q[b*CountWidth+:CountWidth] != '1);
  end
  ClearsWithTheCycle: assert property (@(posedge clk_i) disable iff (!rst_ni) clear_i |-> advance_i);
  HasRoom: assert property (@(posedge clk_i) disable iff (!rst_ni) ring_i && flagged_i |-> room_o);
`endif
endmodule
