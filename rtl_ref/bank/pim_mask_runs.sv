`include "pim_assert.svh"
`include "pim_pkg.svh"
// Which cached tokens SCORE, SOFTMAX and PV see: runs of blocks of 64 that the mask keeps, from the first on, with a look
// ahead at the next one. Without a mask it is one run of all of them. Blocks of which the mask says nothing are kept.
module pim_mask_runs (
    input logic clk_i,
    input logic rst_ni,

    input logic         restart_i,  // the mask is that of a new command
    input logic         again_i,    // to the first run
    input logic         advance_i,  // to the next one
    input logic         masked_i,
    input logic [255:0] mask_i,
    input logic [  8:0] blocks_i,   // of which the mask speaks

    // first: from the cycle after restart_i on; the run at hand: one cycle later; the next one: two cycles after that, and after
    // again_i and advance_i
    output pim_pkg::runs_t runs_o
);
  logic [255:0] kept;
  for (genvar b = 0; b < 256; b++) begin : g_kept
    assign kept[b] = !masked_i || mask_i[b] || 9'(b) >= blocks_i;
  end

  localparam logic [1:0] Done = 2'd0;
  localparam logic [1:0] End = 2'd1;
  localparam logic [1:0] NextBegin = 2'd2;
  localparam logic [1:0] NextEnd = 2'd3;
  logic [1:0] seek_q;

  // ---- the first block from one on that is kept, or is not: sixteen in sixteen groups
  logic [8:0] from, found;
  logic dropped;  // what is sought
  logic [255:0] sought;
  logic [15:0] groups, group, members, member;
  logic [3:0] group_at, member_at;
  always_comb begin
    from    = '0;
    dropped = 1'b0;
    if (!restart_i) begin
      case (seek_q)
        End:     from = runs_o.first;
        NextEnd: from = runs_o.next_begin;
        default: from = runs_o.run_end;
      endcase
      dropped = seek_q != NextBegin;
    end
  end
  assign sought = (kept ^ {256{dropped}}) & ({256{1'b1}} << from);
  for (genvar g = 0; g < 16; g++) begin : g_group
    assign groups[g] = sought[16*g+:16] != '0;
  end
  assign group  = groups & (~groups + 16'd1);
  assign member = members & (~members + 16'd1);
  always_comb begin
    members = '0;
    for (int g = 0; g < 16; g++) members = members | (sought[16*g+:16] & {16{group[g]}});
  end
  always_comb begin
    group_at  = '0;
    member_at = '0;
    for (int i = 0; i < 16; i++) begin
      if (group[i]) group_at = group_at | 4'(i);
      if (member[i]) member_at = member_at | 4'(i);
    end
  end
  logic none;
  assign none  = groups == '0;
  assign found = none ? 9'd256 : {1'b0, group_at, member_at};

  // ---- the runs
  logic [8:0] first_end_q;
  logic first_open_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      seek_q       <= Done;
      first_end_q  <= '0;
      first_open_q <= 1'b0;
      runs_o       <= '0;
    end else if (restart_i) begin
      seek_q            <= End;
      runs_o.first      <= found;
      runs_o.next_valid <= 1'b0;
    end else if (again_i) begin
      seek_q            <= first_open_q ? Done : NextBegin;
      runs_o.run_end    <= first_end_q;
      runs_o.run_open   <= first_open_q;
      runs_o.next_valid <= 1'b0;
    end else if (advance_i) begin
      seek_q            <= runs_o.next_open ? Done : NextBegin;
      runs_o.run_end    <= runs_o.next_end;
      runs_o.run_open   <= runs_o.next_open;
      runs_o.next_valid <= 1'b0;
    end else begin
      case (seek_q)
        End: begin
          seek_q          <= none ? Done : NextBegin;
          first_end_q     <= found;
          first_open_q    <= none;
          runs_o.run_end  <= found;
          runs_o.run_open <= none;
        end
        NextBegin: begin
          seek_q            <= NextEnd;
          runs_o.next_begin <= found;
        end
        NextEnd: begin
          seek_q            <= Done;
          runs_o.next_end   <= found;
          runs_o.next_open  <= none;
          runs_o.next_valid <= 1'b1;
        end
        default: ;
      endcase
    end
  end

`ifdef PIM_ASSERTIONS
  a_next_is_there :
  assert property (@(posedge clk_i) advance_i |-> runs_o.next_valid);
  a_runs_are_apart :
  assert property (@(posedge clk_i) runs_o.next_valid |->
      !runs_o.run_open && runs_o.next_begin > runs_o.run_end && (runs_o.next_open || runs_o.next_end > runs_o.next_begin));
  a_first_is_known :
  assert property (@(posedge clk_i) again_i |-> seek_q != End);
`endif
endmodule
